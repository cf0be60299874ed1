"""Every type's rows against CloudFormation's published schema.

A difference is mended, or explained in the type's own file: `left_out` for what is not offered,
`differs` for rows that say something else.  An explanation of nothing fails as well.
"""

import pytest

from support import audit
from support.type_case import types, dumped


@pytest.mark.parametrize("type_name", types())
def test_rows_are_what_cloudformation_publishes(type_name):
    about = dumped(type_name)
    findings = {(one.path, one.what): one.text for one in audit.compare(about, audit.published(type_name))}
    explained = {(path, "missing") for path in about["left_out"]}
    explained |= {(one["path"], one["what"]) for one in about["differs"]}
    unexplained = [f"{path}: {what}: {text}" for (path, what), text in findings.items()
                   if (path, what) not in explained]
    unneeded = [f"{path}: {what}: explained, and no difference" for path, what in explained - findings.keys()]
    if unexplained or unneeded:
        pytest.fail("\n".join(sorted(unexplained + unneeded)), pytrace=False)


@pytest.mark.parametrize("type_name", types())
def test_explanations_are_words(type_name):
    about = dumped(type_name)
    for why in [*about["left_out"].values(), *(one["why"] for one in about["differs"])]:
        assert len(why.split()) > 1 and "TODO" not in why
