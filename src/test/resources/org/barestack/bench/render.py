"""Renders kickstarts and their disk parts by Jinja2 from Barestack's templates.

render.py compare FOLDER NODE...      writes FOLDER/jinja2/NODE.ks and NODE.disk.ks
render.py cold FOLDER PROCESSES       prints how many nodes it renders a second, the first time
render.py warm FOLDER PROCESSES SECONDS   the same once all templates are compiled
"""

import functools
import json
import multiprocessing
import os
import re
import sys
import time

import jinja2

TAG_LINE = re.compile(r"^[ \t]*(?:(?:\{%.*?%\}|\{#.*?#\})[ \t]*)+(?:\n|\Z)", re.M | re.S)
MODE = re.compile(r"\{# mode (0[0-7]{3}) #\}\n")


class Refused(Exception):
    """A value does not fit into its context."""


def text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise Refused("not a single value: %r" % (value,))


CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
FILE_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
SECTION = re.compile(
    r"^\s*(%(?:end|include|ksappend|pre|pre-install|post|onerror|traceback|packages|addon"
    r"|anaconda|certificate))(?:\s|$)",
    re.M,
)


def one_line(value):
    word = text(value)
    if CONTROL.search(word):
        raise Refused("a line break or control character in %r" % word)
    return word


def matching(pattern):
    fits = re.compile(pattern).fullmatch

    def write(value):
        word = text(value)
        if not fits(word):
            raise Refused("%r cannot stand here" % word)
        return word

    return write


SHELL_SAFE = re.compile(r"[A-Za-z0-9_@+:,./-]+").fullmatch
KICKSTART_SAFE = re.compile(r"[A-Za-z0-9_@+:=,./-]+").fullmatch


def shell(value):
    if isinstance(value, list):
        return " ".join([shell(one) for one in value])
    word = one_line(value)
    return word if SHELL_SAFE(word) else "'" + word.replace("'", "'\\''") + "'"


def kickstart_word(value):
    word = one_line(value)
    return word if KICKSTART_SAFE(word) else "'" + word.replace("'", "'\"'\"'") + "'"


def ini(value):
    escaped = one_line(value).replace("\\", "\\\\")
    inner = escaped.strip()
    start = escaped.index(inner)
    return "\\s" * start + inner + "\\s" * (len(escaped) - start - len(inner))


# Most files are the same on many nodes; Barestack looks at those once, too.
@functools.lru_cache(maxsize=4096)
def heredoc(value):
    if FILE_CONTROL.search(value) or SECTION.search(value):
        raise Refused("the installer would act upon a line of the text")
    marker = "EOF"
    lines = value.split("\n")
    while marker in lines:
        marker += "_"
    return "<<'" + marker + "'\n" + value + ("" if value.endswith("\n") else "\n") + marker


def comment(value):
    return CONTROL.sub(" ", text(value))


PEM = re.compile(
    "(?:-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n?)*"
).fullmatch


def pem(value):
    if not PEM(value):
        raise Refused("not certificates in PEM")
    return value[:-1] if value.endswith("\n") else value


FILTERS = {
    "sh": shell,
    "ks": kickstart_word,
    "pkg": matching(r"-?(@\^?)?[A-Za-z0-9][A-Za-z0-9_+.:/*?-]*"),
    "plain": matching(r"[A-Za-z0-9][A-Za-z0-9_@+:=,./-]*"),
    "url": matching(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9_.~:/?\[\]@+,=%-]+"),
    "arg": matching(r"[!-&(-\[\]-~]+"),
    "ini": ini,
    "heredoc": heredoc,
    "pem": pem,
    "comment": comment,
    "raw": lambda value: value,
}


class Templates(jinja2.FileSystemLoader):
    """Barestack's rules: lines that hold only tags go, and files without .j2 are no templates."""

    def get_source(self, environment, template):
        source, name, current = super().get_source(environment, template)
        if template.endswith(".j2"):
            return TAG_LINE.sub(lambda line: line.group().strip(), source), name, current
        return "{% raw %}" + source + "{% endraw %}", name, current


class Site:
    def __init__(self, folder):
        with open(os.path.join(folder, "views.json"), encoding="utf-8") as file:
            views = json.load(file)
        self.site = views["site"]
        self.nodes = views["nodes"]
        self.files = views["files"]
        self.environment = jinja2.Environment(
            loader=Templates(views["templates"]),
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            cache_size=-1,
            autoescape=False,
        )
        self.environment.filters.update(FILTERS)
        self.modes = {}

    def put(self, files, path, template, view):
        content = self.environment.get_template(template).render(view)
        if content and not content.isspace():
            mode = self.mode(template)
            if mode is None:
                mode = "0755" if content.startswith("#!") else "0644"
            files[path] = {"path": path, "mode": mode, "text": content}

    def mode(self, template):
        if template not in self.modes:
            folder = self.environment.loader.searchpath[0]
            with open(os.path.join(folder, template), encoding="utf-8") as file:
                found = MODE.match(file.read())
            self.modes[template] = found.group(1) if found else None
        return self.modes[template]

    def render(self, one):
        """The kickstart and the disk part of a node."""
        view = dict(one["view"], site=self.site)
        files = {}
        for path, template in self.files[view["node"]["role"]]:
            if template == "snippets/profile.nmconnection.j2":
                for profile in view["node"]["profiles"]:
                    self.put(files, path % profile["id"], template, dict(view, profile=profile))
            else:
                self.put(files, path, template, view)
        whole = dict(view, files=list(files.values()), **one["kickstart"])
        kickstart = self.environment.get_template("kickstart.ks.j2").render(whole)
        disk = self.environment.get_template("disk.ks.j2").render(dict(view, **one["disk"]))
        return kickstart, disk


def rendered(share):
    """How many characters come of every so manyth node."""
    first, step = share
    return sum(sum(map(len, SITE.render(one))) for one in SITE.nodes[first::step])


def all_rendered(processes, pool):
    if processes == 1:
        return rendered((0, 1))
    # Small shares, so that nobody waits for the slower one at the end.
    shares = processes * 8
    return sum(pool.imap_unordered(rendered, [(i, shares) for i in range(shares)]))


def main():
    global SITE
    mode, folder = sys.argv[1:3]
    SITE = Site(folder)
    if mode == "compare":
        wanted = set(sys.argv[3:])
        os.makedirs(os.path.join(folder, "jinja2"))
        for one in SITE.nodes:
            name = one["view"]["node"]["name"]
            if name in wanted:
                for end, content in zip((".ks", ".disk.ks"), SITE.render(one)):
                    path = os.path.join(folder, "jinja2", name + end)
                    with open(path, "w", encoding="utf-8", newline="") as file:
                        file.write(content)
        return
    processes = int(sys.argv[3])
    if mode == "warm":
        for one in SITE.nodes[:100]:
            SITE.render(one)
    # Forked behind the warm-up, so that its compiled templates are there in each.
    pool = multiprocessing.get_context("fork").Pool(processes) if processes > 1 else None
    least = float(sys.argv[4]) if mode == "warm" else 0
    begun = time.perf_counter()
    passes = 0
    while passes == 0 or time.perf_counter() - begun < least:
        all_rendered(processes, pool)
        passes += 1
    print(passes * len(SITE.nodes) / (time.perf_counter() - begun))
    if pool:
        pool.close()
        pool.join()


SITE = None

if __name__ == "__main__":
    main()
