"""Renders chat templates with Jinja as transformers configures it: a line of JSON in, a line of JSON out."""
import json
import signal
import sys
from datetime import datetime

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime(2026, 3, 7, 9, 5, 4)


class Generation(jinja2.ext.Extension):
    """The tag 'generation': its body, and where it stands in the text."""

    tags = {"generation"}
    blocks = []
    spans = []

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_render"), [], [], body).set_lineno(line)

    def _render(self, caller):
        text = caller()
        start = len("".join(Generation.blocks))
        Generation.spans.append((start, start + len(text)))
        return text


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def strftime_now(format):
    return NOW.strftime(format)


def expire(signum, frame):
    raise TimeoutError("too slow")


def compiled(environment, source, last={}):
    if source not in last:
        last.clear()
        last[source] = environment.from_string(source)
    return last[source]


def render(environment, case):
    Generation.blocks = []
    Generation.spans = []
    try:
        signal.setitimer(signal.ITIMER_REAL, 60)
        for block in compiled(environment, case["template"]).generate(**case["variables"]):
            Generation.blocks.append(block)
        return {"text": "".join(Generation.blocks), "spans": Generation.spans}
    except RecursionError:
        return {"error": "RecursionError"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    signal.signal(signal.SIGALRM, expire)
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols], cache_size=0)
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = strftime_now
    for line in sys.stdin:
        print(json.dumps(render(environment, json.loads(line))), flush=True)


main()
