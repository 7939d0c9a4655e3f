from __future__ import annotations

import pytest
from gatelens.languages.shell.cmd_statements import statement


@pytest.mark.parametrize(
    "text",
    [
        "for %a in (x y) do echo %a",
        'FOR /F "tokens=1" %%a IN (x.txt) DO @echo %%a',
        "& for /L %n in (1,1,9) do del %n",
        r"for /r c:\x %%a in (*.txt) do type %%a",
        'if exist "x.txt" del x.txt',
        "if not defined x goto y",
        "if errorlevel 1 echo no",
        'if /i "%x%"=="y" call z',
        "if %x% equ 5 echo y",
    ],
)
def test_statements_of_cmd_are_known(text: str) -> None:
    assert statement(text)


@pytest.mark.parametrize(
    "text",
    [
        "for a in (x y) do it",
        "for 5% in (total) we do it",
        "if (a == b) { c(); }",
        "if a == b: return c",
        "if it exists, delete it",
        "if not defined, the default is used",
        "if exist the names",
        'for %a in (x) do echo\n"two lines"',
    ],
)
def test_prose_and_other_languages_are_none(text: str) -> None:
    assert not statement(text)
