# What has to be on the machine, said clearly. Sourced by ./run and ./test.

missing=()

require_dotnet() {
  command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.' \
    || missing+=(".NET 10 SDK        https://dotnet.microsoft.com/download/dotnet/10.0")
}

require_node() {
  local version
  version=$(node --version 2>/dev/null || true)
  version=${version#v}
  [ -n "$version" ] && [ "${version%%.*}" -ge 20 ] && command -v npm >/dev/null \
    || missing+=("Node.js 20.19+     https://nodejs.org (with npm)")
}

# Functions in Python are tested with whatever version there is.
require_python() {
  command -v python3 >/dev/null || missing+=("python3            Debian, Ubuntu: apt-get install python3")
}

has_sqlite() {
  [ "$(uname)" != Linux ] && return 0
  PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q 'libsqlite3\.so' && return 0
  ls /usr/lib*/libsqlite3.so* /usr/lib/*/libsqlite3.so* /lib/*/libsqlite3.so* >/dev/null 2>&1
}

require_sqlite() {
  has_sqlite || missing+=("libsqlite3         Debian, Ubuntu: apt-get install libsqlite3-0")
}

chromium_path() {
  local candidate
  for candidate in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    [ -n "$candidate" ] && [ -x "$candidate" ] && echo "$candidate" && return 0
  done
  return 1
}

require_chromium() {
  chromium_path >/dev/null || missing+=("Chromium           Debian, Ubuntu: apt-get install chromium fonts-dejavu-core")
}

# What makes system calls fail and disks fill up, as program:package. Only Linux has it.
fault_tools=(strace:strace mkfs.ext4:e2fsprogs mount:mount prlimit:util-linux kill:procps)

# has_tool PROGRAM: also where only root looks for programs, and not as a word of the shell.
has_tool() { PATH="$PATH:/sbin:/usr/sbin" type -P "$1" >/dev/null; }

require_fault_tools() {
  local tool
  [ "$(uname)" = Linux ] || { missing+=("Linux              the tests of durability make disks fail, which they can nowhere else") && return; }
  for tool in "${fault_tools[@]}"; do
    has_tool "${tool%%:*}" || missing+=("$(printf '%-18s' "${tool%%:*}") Debian, Ubuntu: apt-get install ${tool#*:}")
  done
}

# Installs what tests need from the system where that may be done without asking; otherwise it stays missing and is named.
install_for_tests() {
  local packages=() as=() tool
  for tool in "${fault_tools[@]}"; do
    has_tool "${tool%%:*}" || packages+=("${tool#*:}")
  done
  has_sqlite || packages+=(libsqlite3-0)
  chromium_path >/dev/null || packages+=(chromium fonts-dejavu-core)
  command -v python3 >/dev/null || packages+=(python3)
  [ ${#packages[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || return 0
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 0
    as=(sudo -n)
  fi
  echo "Installing ${packages[*]} ..."
  "${as[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install -y -qq \
    --no-install-recommends "${packages[@]}" >/dev/null || echo "apt-get could not install ${packages[*]}." >&2
}

stop_if_missing() {
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "Carillon needs what is missing here:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
}
