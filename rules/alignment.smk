"""Embedding tables, before and after alignment. Takes a backbone and dictionaries; gives embeddings.safetensors."""


rule extract_embeddings:
    input:
        **LAYOUT.backbone("{backbone}"),
        tokenizer=LAYOUT.tokenizer("{backbone}"),
    output:
        embeddings=LAYOUT.embeddings(f"{ANY_TRUNCATED}/none"),
    log:
        LAYOUT.log("extract_embeddings", ANY_TRUNCATED),
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(1500, tables=1),
        runtime=10,
    params:
        threads=CONFIG.compute.threads,
        code=code("extract_embeddings"),
    message:
        "Extract word embeddings of {wildcards.backbone}, first {wildcards.dim} dimensions"
    script:
        "../workflow_scripts/steps/alignment/extract_embeddings.py"


rule align:
    input:
        unpack(of(NEEDS.chosen_rate)),
        embeddings=rules.extract_embeddings.output.embeddings,
        tokenizer=LAYOUT.tokenizer("{backbone}"),
        word_pairs=LAYOUT.data("word_pairs"),
    output:
        embeddings=LAYOUT.embeddings(ANY_ALIGNED),
        history=LAYOUT.alignment_file(ANY_ALIGNED, "history.csv"),
        coverage=LAYOUT.alignment_file(ANY_ALIGNED, "coverage.csv"),
    log:
        LAYOUT.log("align", ANY_ALIGNED),
    benchmark:
        LAYOUT.benchmark("align", ANY_ALIGNED)
    wildcard_constraints:
        alignment=rf"(?:{one_of(conditions.ALIGNMENTS)})-{conditions.NAME}",
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # The table, and of its rows a copy, gradient, two moments, the best so far and what is written.
        mem_mb=memory(3000, tables=8),
        runtime=120,
        gpu=GPUS,
    params:
        alignment=settings(CONFIG.alignment, without={"source_sets"}),
        sources=of(lambda condition: NEEDS.source_set(condition.source_set)),
        shuffle=of(lambda condition: condition.alignment_method == "shuffled"),
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=code("align"),
    message:
        "Align the embeddings of {wildcards.backbone} d{wildcards.dim}: {wildcards.alignment}"
    script:
        "../workflow_scripts/steps/alignment/align.py"
