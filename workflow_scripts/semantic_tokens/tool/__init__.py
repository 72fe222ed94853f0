"""The command `semantic-tokens` and its functions in Python: a smaller model from a model, without the workflow.

`group` writes a folder in the compact form; `show`, `compare` and `export` read such a folder. Each module holds the
function that its command calls.
"""
