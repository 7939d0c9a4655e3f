# Sourced by the other scripts: sets $python to the interpreter of .venv, which is made on first use.
# Needs bash, and the repository as the current directory.

_new_enough() { # whether $1 runs and is Python 3.12 or later
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null
}

_find_python() { # print the first interpreter that is new enough
  local candidate
  for candidate in python3.13 python3.12 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.{13,12,14}*/bin/python; do
    if _new_enough "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  echo "Gatelens needs Python 3.12 or later; none was found." >&2
  return 1
}

python=.venv/bin/python
_wanted=$(sha256sum requirements.txt pyproject.toml | sha256sum)
if ! _new_enough "$python"; then
  _base=$(_find_python) || exit 1
  echo "Setting up .venv with $("$_base" --version) (once)" >&2
  rm -rf .venv
  "$_base" -m venv .venv || exit 1
fi
if [ "$(cat .venv/.installed 2>/dev/null)" != "$_wanted" ]; then
  "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt || exit 1
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . || exit 1
  echo "$_wanted" > .venv/.installed
fi
