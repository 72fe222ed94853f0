"""Fine-tuning and scoring, the same for every task: features, batches, updates, the loop and inference.

`task` is what a task declares, `prepared` what it does with its examples, `settings` what a config may set of it;
`training` trains and scores. The tasks themselves are in `semantic_tokens.tasks`.
"""
