# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules about the text of the sources. Each takes {path: text} and returns a list of problems."""
import fnmatch
import pathlib
import re
import stat

GUARD_PREFIX = "VFIO_EARLY_"
MAINS = ("src/boot/main.c", "src/companion/main.c")
# It ends where a program would that lacks a library from its start.
ENDING = (*MAINS, "src/companion/library.c")
MAP = "src/README.md"
# name: why it is not called here
FORBIDDEN_CALLS = {
    "strtol": "src/base/number.h", "strtoul": "src/base/number.h", "strtoll": "src/base/number.h",
    "strtoull": "src/base/number.h", "atoi": "src/base/number.h", "atol": "src/base/number.h",
    "sscanf": "src/base/number.h", "fscanf": "src/base/number.h", "gets": "fgets",
    "strcpy": "snprintf", "strcat": "snprintf", "sprintf": "snprintf", "strtok": "strcspn",
    "alloca": "a fixed array", "system": "libkmod or a write", "popen": "libkmod or a write",
    "socket": "no network (SECURITY.md)", "connect": "no network", "getaddrinfo": "no network",
    "abort": "a fault", "err": "a fault", "errx": "a fault", "setlocale": "fixed English",
}
ONLY_IN_MAINS = {"exit": "a fault", "printf": "stdio of the mains", "puts": "stdio of the mains",
                 "perror": "a fault"}
# spelled so that this file does not match itself
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
PROTOTYPE = re.compile(r"^(?!static|typedef|extern|return)([a-z][\w \t\n*]*?[\s*])(\w+)\(", re.M)
SOURCE_SUFFIXES = (".c", ".h", ".py", ".sh", ".mk")


def code_of(text):
    """The text without comments, strings and characters, line numbers kept."""
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def sources(files, *suffixes):
    """The C files below src/ with one of the suffixes."""
    return {path: text for path, text in sorted(files.items())
            if path.startswith("src/") and path.endswith(suffixes)}


def stem(path):
    return pathlib.PurePosixPath(path).stem


def room_of(path):
    return pathlib.PurePosixPath(path).parts[1]


def read_rooms(text):
    """{room: rooms whose headers it may include} from the table of the map, in its order."""
    rooms = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        match = re.fullmatch(r"`(\w+)/`", cells[0])
        if match and len(cells) == 4:
            allowed = re.findall(r"\w+", cells[3]) if cells[3] != "-" else []
            rooms[match.group(1)] = {match.group(1), *allowed}
    return rooms


def read_named(text):
    """{room: names of files, with * for any word} from the third column of that table."""
    return {match.group(1): re.findall(r"`([\w*]+)`", match.group(2)) for match in
            re.finditer(r"^\| `(\w+)/` \|[^|]*\|([^|]*)\|[^|]*\|$", text, re.M)}


def check_map(files):
    """src/README.md names every file of a room, and none that is not there."""
    wrong = []
    for room, names in read_named(files.get(MAP, "")).items():
        there = {stem(path) for path in sources(files, ".c", ".h") if room_of(path) == room}
        wrong += [f"{MAP}: {room}/{name} is not named" for name in sorted(there)
                  if not any(fnmatch.fnmatchcase(name, pattern) for pattern in names)]
        wrong += [f"{MAP}: {room}/{name} is not there" for name in names
                  if not fnmatch.filter(there, name)]
    return wrong


def check_rooms(files):
    """A room includes only what src/README.md lets it, and nothing of a later room."""
    rooms = read_rooms(files.get(MAP, ""))
    wrong = [f"{MAP}: {room} may use {other}, which is later or unknown"
             for number, room in enumerate(rooms) for other in sorted(rooms[room])
             if other not in list(rooms)[:number + 1]]
    for path, text in sources(files, ".c", ".h").items():
        room = room_of(path)
        if room not in rooms or path.count("/") != 2:
            wrong.append(f"{path}: not in a room of {MAP}")
            continue
        for match in re.finditer(r'^\s*#\s*include\s+"([^"]+)"', text, re.M):
            header, where = match.group(1), f"{path}:{line_of(text, match.start(1))}"
            if "src/" + header not in files:
                wrong.append(f"{where}: includes {header}: name it as room/file.h")
            elif room_of("src/" + header) not in rooms[room]:
                wrong.append(f"{where}: {room} may not use {room_of('src/' + header)} ({MAP})")
    rooms_used = {room_of(path) for path in sources(files, ".c", ".h") if path.count("/") == 2}
    wrong += [f"{MAP}: {room} has no files" for room in rooms if room not in rooms_used]
    return wrong


def check_calls(files):
    """No forbidden call, no goto, nothing printed or ended outside the mains."""
    wrong = []
    for path, text in sources(files, ".c", ".h").items():
        code = code_of(text)
        banned = dict(FORBIDDEN_CALLS)
        if path not in ENDING:
            banned.update(ONLY_IN_MAINS)
        for match in re.finditer(r"(?<![\w.>])(_?\w+)\s*\(|\bgoto\b|\btypedef\b", code):
            name, where = match.group(1), f"{path}:{line_of(code, match.start())}"
            if not name:
                wrong.append(f"{where}: {match.group()}")
            elif name.removeprefix("_") in banned:
                wrong.append(f"{where}: {name}(): use {banned[name.removeprefix('_')]}")
        wrong += [f"{path}:{line_of(code, m.start())}: output stream outside the mains"
                  for m in re.finditer(r"\b(stdout|stderr)\b", code) if path not in MAINS]
    return wrong


def check_cloexec(files):
    """Every descriptor is opened close-on-exec."""
    wrong = []
    for path, text in sources(files, ".c", ".h").items():
        code = code_of(text)
        for match in re.finditer(r"\b(open|openat|pipe2|dup3|socket|fopen|fdopen|pipe|dup)\s*\(", code):
            call = text[match.start():text.find(";", match.start())]
            name = match.group(1)
            kept = "CLOEXEC" in call or name == "fdopen" or (
                name == "fopen" and re.search(r'"[rwa]\+?b?e', call))
            if not kept:
                wrong.append(f"{path}:{line_of(code, match.start())}: {name}() without O_CLOEXEC")
    return wrong


def check_pipes(files):
    """Opening a file of a root waits for no writer of a named pipe: sysroot_file_open()."""
    wrong = []
    for path, text in sources(files, ".c", ".h").items():
        code = code_of(text)
        for match in re.finditer(r"\bopenat\s*\(", code):
            call = text[match.start():text.find(";", match.start())]
            if "O_RDONLY" in call and not re.search(r"O_(NONBLOCK|DIRECTORY|PATH)\b", call):
                wrong.append(f"{path}:{line_of(code, match.start())}: openat() without O_NONBLOCK")
    return wrong


def check_marks(files):
    """Nothing unfinished is marked to be finished some day."""
    return [f"{path}:{line_of(text, m.start())}: {m.group()}"
            for path, text in sorted(files.items()) for m in UNFINISHED.finditer(text)]


def check_guards(files):
    """One include guard for each header, named after it."""
    wrong = []
    for path, text in sources(files, ".h").items():
        guard = GUARD_PREFIX + re.sub(r"\W", "_", pathlib.PurePosixPath(path).name).upper()
        body = code_of(text).strip()
        if not re.match(rf"#ifndef {guard}\n#define {guard}\n", body) or not body.endswith("#endif"):
            wrong.append(f"{path}: no include guard {guard} around everything")
        if "#pragma" in body:
            wrong.append(f"{path}: #pragma in a header")
    return wrong


# Functions of one form, a file each, that a table calls: one header declares them all.
FAMILIES = (
    (r"^(src/companion/)\w+_mode\.c$", r"\1mode.h"),
    (r"^(src/check/)leftover_files\.c$", r"\1leftover.h"),
    (r"^(src/check/)\w+_check\.c$", r"\1scene.h"),
    (r"^(src/image/)menu_\w+\.c$", r"\1boot_menu.h"),
    (r"^(src/survey/)bootloader_line\.c$", r"\1bootloader.h"),
)


def check_pairs(files):
    """Every .c has its .h, includes it first, and says so."""
    wrong = []
    for path, text in sources(files, ".c").items():
        if path in MAINS:
            continue
        header = path
        for family, shared in FAMILIES:
            if f"{path[:-1]}h" not in files:
                header = re.sub(family, shared, header)
        header = path[:-1] + "h" if header == path else header
        if header not in files:
            wrong.append(f"{path}: no header of the same name")
        included = re.search(r'^#include\s+(\S+)', text, re.M)
        if not included or included.group(1) != f'"{header[4:]}"':
            wrong.append(f"{path}: does not include its own header first")
    return wrong


def parameters(text):
    """The names in a parameter list, arrays and function pointers included."""
    names, depth, part, parts = [], 0, "", []
    for char in text:
        depth += char in "([" and 1 or char in ")]" and -1 or 0
        if char == "," and not depth:
            parts, part = [*parts, part], ""
        else:
            part += char
    for part in [*parts, part]:
        pointer = re.search(r"\(\*\s*(\w+)", part)
        plain = re.search(r"(\w+)\s*(\[[^]]*\]\s*)*$", part)
        if part.strip() not in ("void", "...", "") and (pointer or plain):
            names.append((pointer or plain).group(1))
    return names


def prototypes(text):
    """(offset, return type, name, parameter names) of each function that a header declares."""
    code = code_of(text)
    for match in PROTOTYPE.finditer(code):
        depth, end = 1, match.end()
        while depth and end < len(code):
            depth += {"(": 1, ")": -1}.get(code[end], 0)
            end += 1
        if re.match(r"\s*(__attribute__\s*\(\(.*?\)\)\s*)*;", code[end:], re.DOTALL):
            yield match.start(), match.group(1), match.group(2), parameters(
                code[match.end():end - 1])


def check_heads(files):
    """A kernel-doc head on every function that a header declares; no parameter that is not there.

    Declarations without a line between them are a row of equals: one comment is for all of them.
    """
    wrong = []
    for path, text in sources(files, ".h").items():
        row = False
        for offset, _, name, names in prototypes(text):
            where = f"{path}:{line_of(text, offset)}: {name}()"
            before = text[:offset]
            row = row and re.search(r";\n$", before) is not None
            if row or name.startswith("cleanup_"):
                continue
            end = text.find(";", offset) + 1
            head = before.rstrip()
            head = head[head.rfind("/*"):] if head.endswith("*/") else ""
            row = bool(head) and before.endswith("*/\n")
            if row and re.match(r"\n[a-z]", text[end:]):
                continue
            if not re.match(rf"/\*\*(\n \*)? {name}\(\) - ", head):
                wrong.append(f"{where}: no kernel-doc head")
                continue
            wrong += [f"{where}: describes @{p}, which it does not have"
                      for p in re.findall(r"^ \* @(\w+):", head, re.M) if p not in names]
    return wrong


def check_users(files):
    """Every function of a header is called by the programs, and from another file."""
    words = {path: re.findall(r"\w+", code_of(text)) for path, text in files.items()
             if path.endswith((".c", ".h"))}
    for text in sources(files, ".h").values():      # a use of a macro is a use of what is in it
        for name, called in re.findall(r"^#define (\w+)\([^)]*\)[ \\\n\t]*(\w+)\(", text, re.M):
            for path in words:
                if path.endswith(".c") and name in words[path]:
                    words[path].append(called)
    wrong = []
    for path, text in sources(files, ".h").items():
        own = (path, path[:-1] + "c")
        for _, _, name, _ in prototypes(text):
            inside = words.get(own[1], []).count(name)
            others = [user for user in words if user not in own and name in words[user]]
            if name.startswith("cleanup_"):      # by the macro beside it
                continue
            if not others:
                wrong.append(f"{path}: {name}() could be static")
            elif inside < 2 and not any(user.startswith("src/") for user in others):
                wrong.append(f"{path}: only tests call {name}()")
    return wrong


def check_names(files):
    """Every table of names is tied to its enum by a static_assert."""
    wrong = []
    for path, text in sources(files, ".c").items():
        code = code_of(text)
        wrong += [f"{path}: no static_assert on the size of {name}"
                  for name in re.findall(r"^const char \*const (\w+_names)\[\] =", code, re.M)
                  if not re.search(rf"static_assert\(\s*ARRAY_SIZE\({name}\)\s*==", code)]
    return wrong


def check_conditionals(files):
    """No #if in the sources: the Makefile chooses files."""
    return [f"{path}:{line_of(text, match.start())}: {match.group()}"
            for path, text in sources(files, ".c", ".h").items()
            for match in re.finditer(r"^\s*#\s*(if\w*|elif|else)\b.*", code_of(text), re.M)
            if not (path.endswith(".h") and match.group().split()[-1].startswith(GUARD_PREFIX))]


def check_reasons(files):
    """Every reason has a row, every row a sentence and a remedy, every code its place in doc/."""
    header, table = files.get("src/plan/reason.h", ""), files.get("src/plan/reason.c", "")
    enum = re.search(r"enum reason \{(.*?)\}", code_of(header), re.DOTALL)
    names = re.findall(r"\b(REASON_\w+)\b", enum.group(1)) if enum else []
    names = [name for name in names if name not in ("REASON_NONE", "REASON_COUNT")]
    rows = dict(re.findall(r"\[(REASON_\w+)\]\s*=\s*\{(.*?)\},?\s*(?=\[REASON|\};|\[\w)", table,
                           re.DOTALL))
    manual = "".join(text for path, text in files.items() if path.startswith("doc/"))
    wrong = [] if names else ["src/plan/reason.h: no enum reason"]
    for name in names:
        strings = re.findall(r'"((?:\\.|[^"\\])*)"', rows.get(name, ""))
        code = name.removeprefix("REASON_").lower().replace("_", "-")
        if len(strings) < 3:
            wrong.append(f"src/plan/reason.c: {name} has no code, sentence and remedy")
        elif strings[0] != code:
            wrong.append(f"src/plan/reason.c: {name} is called {strings[0]}, not {code}")
        elif not re.search(rf"(?<![\w-]){code}(?![\w-])", manual):
            wrong.append(f"doc/: says nothing of {code}")
    return wrong


def is_script(text):
    return text.startswith("#!")


def is_source(path, text):
    return (path.endswith(SOURCE_SUFFIXES) or is_script(text)
            or pathlib.PurePosixPath(path).name in ("Makefile", "module-setup.sh"))


def check_licence(files):
    """Every source file begins with its licence."""
    return [f"{path}: no SPDX line at its beginning" for path, text in sorted(files.items())
            if is_source(path, text) and text
            and "SPDX-License-Identifier: GPL-2.0-or-later" not in "".join(
                text.splitlines(True)[:2])]


def check_whitespace(files):
    """No trailing blanks, one newline at the end, no line of C beyond 90 columns."""
    wrong = []
    for path, text in sorted(files.items()):
        for number, line in enumerate(text.splitlines(), 1):
            if line.rstrip(" \t\r") != line and not path.endswith(".md"):
                wrong.append(f"{path}:{number}: blanks at the end of the line")
            is_string = re.match(r'\s*(\w+\(|\.\w+ = )?".*"(\S{0,3}| *\\)$', line)   # can be searched for
            if (path.endswith((".c", ".h")) and not is_string
                    and not re.match(r"#define \w+ +\\$", line)   # aligned with those below it
                    and len(line.expandtabs(8)) > 90):
                wrong.append(f"{path}:{number}: more than 90 columns")
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            wrong.append(f"{path}: does not end in exactly one newline")
    return wrong


def check_private(files, hosts):
    """No path or host of the machine that it was written on."""
    words = "|".join(re.escape(host) for host in hosts if host)
    private = re.compile(r"(?<![\w.])/(wor[k]|roo[t]|tm[p]/brief|home/[a-z]\w*)/"
                         + (rf"|(?<![\w.-])({words})(?![\w-])" if words else ""))
    # inside the images of tests/distro, root's home is theirs
    return [f"{path}:{line_of(text, m.start())}: {m.group()}"
            for path, text in sorted(files.items()) for m in private.finditer(text)
            if not (path.startswith("tests/distro/") and m.group(1) == "root"
                    or path.startswith("tests/guest/") and m.group(1).startswith("home"))]


def check_modes(root, files):
    """A file is executable if and only if it begins with #! and is run by name."""
    wrong = []
    for path, text in sorted(files.items()):
        runs = (root / path).stat().st_mode & stat.S_IXUSR
        if runs and not is_script(text):
            wrong.append(f"{path}: executable, but does not begin with #!")
        # what is copied into an image gets its mode there
        copied = path.startswith(("dracut/", "mkinitcpio/")) or "/guest/" in path
        if not runs and is_script(text) and not copied:
            wrong.append(f"{path}: begins with #!, but is not executable")
    return wrong
