"""A dress rehearsal: configs/paper.yaml from the hub to the page, on stand-ins of the real shapes.

A server on this machine serves stand-ins of every checkpoint and data set that the config reads, on upstream's
routes and in upstream's formats, and the workflow runs in a copy of the project that knows their checksums.
`overlay.yaml` says what is cut, what is left out, and why.

    words.py         words and sentences in the scripts of the paper's languages
    data.py          the publishers' files, a few rows a language
    vocabularies.py  tokenizers with the true number of pieces
    checkpoints.py   weights with the true tensors, at random
    upstream.py      all of it in one folder, made once
    hub.py           the server
    project.py       the copy of the project, its registry and its config
    __main__.py      the run
"""
