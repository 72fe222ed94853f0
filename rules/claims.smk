"""The claims ledger. Takes reference/ and the scores of the run; gives claims.csv, claims.md and a check of some."""

REFERENCE = "reference"
# Only tables that the config names: judging the scores must not make every analysis run.
MEASURES = [f"{RESULTS}/tables/{name}.csv" for name in CONFIG.claims.measured_by]

if CONFIG.expect_claims:  # otherwise not even read
    from semantic_tokens.report import claims as ledger

    try:
        ledger.refuse_unknown(ledger.read_claims(f"{REFERENCE}/claims.yaml"), CONFIG.expect_claims)
    except InputError as error:
        raise WorkflowError(str(error)) from None


rule judge_claims:
    input:
        claims=f"{REFERENCE}/claims.yaml",
        printed=[f"{REFERENCE}/{name}.csv" for name in ("table1", "table3", "table4", "table5", "handle_languages")],
        scores=f"{RESULTS}/tables/scores.parquet",
        measures=MEASURES,
    output:
        csv=f"{RESULTS}/tables/claims.csv",
        markdown=f"{RESULTS}/tables/claims.md",
    log:
        f"{RESULTS}/logs/judge_claims.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        roles=settings(CONFIG.claims),
        code=code("judge_claims"),
    message:
        "Judge the papers' claims by this run"
    script:
        "../workflow_scripts/steps/claims/judge_claims.py"


rule check_claims:
    input:
        claims=f"{RESULTS}/tables/claims.csv",
    output:
        found=f"{RESULTS}/tables/expected_claims.txt",
    log:
        f"{RESULTS}/logs/check_claims.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        expected=CONFIG.expect_claims,
        code=code("check_claims"),
    message:
        "Check the claims that must hold"
    script:
        "../workflow_scripts/steps/claims/check_claims.py"
