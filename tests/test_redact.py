"""Secret data is in no output, however the Secret is written."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tkelint.cli import cli
from tkelint.reporters import REPORTERS

TWICE = "  password: hunter2\n  password: hunter2\n"
SECRETS = {
    "a key written twice": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n{TWICE}",
    "a field written twice": "apiVersion: v1\nkind: Secret\nstringData:\n  a: hunter2\nstringData:\n  b: hunter2\n",
    "a patch": f"$patch: replace\napiVersion: v1\nkind: Secret\nstringData:\n{TWICE}",
    "in a list": f"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  data:\n  {TWICE.replace('  p', '    p')}",
    "broken": "apiVersion: v1\nkind: Secret\nstringData:\n  a: hunter2\n  b: 'hunter2\n",
    "an annotation beside it": "apiVersion: v1\nkind: Secret\nmetadata: {annotations: {a: true}}\ndata: {a: hunter2}\n",
}


@pytest.mark.parametrize("output_format", tuple(REPORTERS))
@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_secret_data_is_in_no_output(text: str, output_format: str) -> None:
    result = CliRunner().invoke(cli, ["-", "--no-config", "--format", output_format], input=text)

    assert result.exit_code in (0, 1, 3)
    assert "hunter2" not in result.output
