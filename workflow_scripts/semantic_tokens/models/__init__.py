"""Operations on a masked language model: surgery on its vocabulary, its masked-position loss, loading and saving."""
