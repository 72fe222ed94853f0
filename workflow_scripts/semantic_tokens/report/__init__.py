"""From score rows to tables, pictures and the page. Nothing here reads anything but scores, partitions and words.

`scores` collects them; `table5` averages and compares with the oracle; `figures` draws a study (`lines`, `bars`,
`figure10`); `findings` and `claims` judge; `groups` and `languages` write what `analysis` and scores give; `manifest`
says what ran where; `page` shows it all.
"""

TASK_ORDER = ("ner", "qa", "nli", "rerank", "retrieval")  # of the paper's figures
CLASSIFICATION = TASK_ORDER[:4]  # retrieval is the embedding task (paper, Table 1)
TASK_NAMES = {"ner": "NER", "qa": "QA", "nli": "NLI", "rerank": "Reranking", "retrieval": "Retrieval"}
METRIC_NAMES = {
    "f1": "F1",
    "exact_match": "exact match",
    "f1_unicode": "F1 (Unicode)",
    "accuracy": "accuracy",
    "ndcg_at_10": "nDCG@10",
}
# The first of each task's METRICS; here as well, so that a table or a page needs no torch.
PRIMARY_METRIC = {"ner": "f1", "qa": "f1", "nli": "accuracy", "rerank": "ndcg_at_10", "retrieval": "ndcg_at_10"}
