"""The claims ledger. Takes reference/ and the scores of the run; gives claims.csv, claims.md and a check of some."""

REFERENCE = own("reference")
# Only tables that the config names: judging the scores must not make every analysis run.
MEASURES = list(map(LAYOUT.table, CONFIG.claims.measured_by))

if CONFIG.expect_claims:  # otherwise not even read
    from semantic_tokens.report.claims import ledger

    try:
        ledger.refuse_unknown(ledger.read_claims(f"{REFERENCE}/claims.yaml"), CONFIG.expect_claims)
    except InputError as error:
        raise WorkflowError(str(error)) from None


rule judge_claims:
    input:
        claims=f"{REFERENCE}/claims.yaml",
        printed=[f"{REFERENCE}/{name}.csv" for name in ("table1", "table3", "table4", "table5", "handle_languages")],
        scores=LAYOUT.table("scores", "parquet"),
        measures=MEASURES,
    output:
        csv=shown(LAYOUT.table("claims"), "claims", "Claims", table="claims"),
        markdown=LAYOUT.table("claims", "md"),
    log:
        LAYOUT.log("judge_claims"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        roles=settings(CONFIG.claims),
        tasks=tasks.shown(),
        code=code("judge_claims"),
    message:
        "Judge the papers' claims by this run"
    script:
        "../workflow_scripts/steps/claims/judge_claims.py"


rule check_claims:
    input:
        claims=rules.judge_claims.output.csv,
    output:
        found=LAYOUT.table("expected_claims", "txt"),
    log:
        LAYOUT.log("check_claims"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        expected=CONFIG.expect_claims,
        tasks=tasks.shown(),
        code=code("check_claims"),
    message:
        "Check the claims that must hold"
    script:
        "../workflow_scripts/steps/claims/check_claims.py"
