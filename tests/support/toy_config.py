"""A small config that has every section of the world."""

VALID = """
run: {name: demo, seed: 1}
data:
  kind: world
  languages: [en, zh]
  articles: 20
  passages: 30
  sizes:
    nli: {train: 30, dev: 10, test: 10}
    qa: {train: 30, dev: 10, test: 10}
    retrieval: {train: 30, dev: 10, test: 10}
  dictionaries:
    muse: {coverage: 0.5, noise: 0}
    panlex: {coverage: 0.9, noise: 0.1}
  bm25_candidates: 20
backbones:
  tiny-bert:
    kind: scratch
    architecture: bert
    vocabulary: 7000
    dim: 128
    layers: 2
    heads: 4
    intermediate: 256
    max_length: 128
    initialisation: informed
    pretraining: {steps: 100, batch_size: 64, sequence_length: 64, learning_rate: 1e-3, checkpoint_every: 50}
alignment:
  batch_size: 256
  epochs: 5
  learning_rates: [1e-4, 0.001]
  held_out: 0.1
  language_sampling: 0.5
  source_sets: {all: [muse, panlex]}
grouping: {max_iterations: 100}
pretraining: {steps: 50, batch_size: 64, sequence_length: 64, learning_rate: 1e-4, checkpoint_every: 50}
tasks:
  nli: {epochs: 2, batch_size: 32, learning_rate: 5e-5, warmup_ratio: 0, max_length: 64}
  qa: {epochs: 3, batch_size: 32, learning_rate: 5e-5, warmup_ratio: 0, max_length: 96, stride: 32}
  retrieval: {epochs: 3, batch_size: 32, learning_rate: 5e-5, warmup_ratio: 0.1, max_length: 96, query_length: 32}
  rerank: {epochs: 3, batch_size: 32, learning_rate: 5e-5, warmup_ratio: 0.1, max_length: 96, group_size: 8}
studies:
  main:
    conditions: ["tiny-bert/d128/{none,clsa-all}/kmeans-cosine-r{20,05}/mlm", tiny-bert/d128/none/full/mlm]
    tasks: [nli, qa]
    transfer: in-language
    seeds: [0, 1]
  ratios:
    conditions: ["tiny-bert/d{128,32}/none/kmeans-cosine-r05/mlm"]
    tasks: [nli]
    transfer: in-language
    seeds: [1, 2]
  english:
    conditions: [tiny-bert/d128/none/full/mlm]
    tasks: [nli]
    transfer: zero-shot
    seeds: [0]
compute: {threads_pretraining: 2, threads: 1, bundles: [[nli, qa], [retrieval, rerank]]}
"""
