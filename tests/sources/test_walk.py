"""Files behind links are found, tracked and read as those that lie there themselves."""

import os

from semantic_tokens.sources.loaders import miracl, tydiqa
from semantic_tokens.sources.walk import files_below
from semantic_tokens.workflow import needs


def elsewhere(tmp_path, *names):
    """A folder `here` with a link `linked` to a folder on "another disk" that holds these files."""
    for name in names:
        (tmp_path / "disk" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "disk" / name).write_text("{}")
    (tmp_path / "here").mkdir()
    (tmp_path / "here/linked").symlink_to(tmp_path / "disk", target_is_directory=True)
    return tmp_path / "here"


def test_folders_that_are_links_are_followed_and_circles_are_not(tmp_path):
    here = elsewhere(tmp_path, "a.txt", "deep/b.txt", "deep/c.json")
    (tmp_path / "disk/deep/round").symlink_to(tmp_path / "disk", target_is_directory=True)
    (here / "dangling.txt").symlink_to(tmp_path / "nowhere")
    assert sorted(files_below(here, "*.txt")) == [here / "linked/a.txt", here / "linked/deep/b.txt"]
    assert list(files_below(here / "linked/a.txt")) == [here / "linked/a.txt"]
    assert list(files_below(tmp_path / "absent")) == []


def test_two_links_to_one_folder_are_both_followed(tmp_path):
    here = elsewhere(tmp_path, "a.txt")
    (here / "again").symlink_to(tmp_path / "disk", target_is_directory=True)
    assert sorted(path.parent.name for path in files_below(here)) == ["again", "linked"]


def test_a_change_behind_a_link_is_a_change(tmp_path):
    here = elsewhere(tmp_path, "a.txt")
    before = needs.files_below(here)
    assert [path for path, *_ in before] == [str(here / "linked/a.txt")]
    (tmp_path / "disk/a.txt").write_text("longer than before")
    os.utime(tmp_path / "disk/a.txt", (5, 5))
    assert needs.files_below(here) == [[str(here / "linked/a.txt"), 18, 5]]


def test_loaders_read_behind_links(tmp_path):
    here = elsewhere(tmp_path, "tydiqa-goldp-v1.1-dev.json", "miracl-corpus-v1.0-sw/docs-0.jsonl.gz")
    assert [file.split for file in tydiqa.find(here)] == ["dev"]
    assert [file.lang for file in miracl.find_corpus(here)] == ["sw"]
