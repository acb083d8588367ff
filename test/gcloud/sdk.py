"""Asks gcloud's own code, and no network: reads questions as JSON from stdin, answers as JSON.

Arguments: the SDK's folder. Questions: {"parse": [argv, …], "print": [{format, flatten, record}, …],
"filter": [{expression, ongoing}, …], "match": [{expression, record}, …], "list": [value, …]}.
Answers have the same keys and order.
"""
import io
import json
import os
import sys

root = sys.argv[1]
sys.path[:0] = [os.path.join(root, "lib"), os.path.join(root, "lib", "third_party")]

from googlecloudsdk import gcloud_main
from googlecloudsdk.api_lib.cloudbuild import filter_rewrite
from googlecloudsdk.calliope import arg_parsers
from googlecloudsdk.calliope import display_taps
from googlecloudsdk.core import properties
from googlecloudsdk.core.resource import resource_filter
from googlecloudsdk.core.resource import resource_lex
from googlecloudsdk.core.resource import resource_printer
from googlecloudsdk.core.resource import resource_projection_spec
from googlecloudsdk.core.util import peek_iterable

properties.VALUES.core.disable_prompts.Set(True)
properties.VALUES.core.project.Set("example-project")


def parse(parser, argv):
    """The error that gcloud's parser gives, or null. Nothing is run."""
    errors = sys.stderr
    sys.stderr = io.StringIO()
    try:
        parser.parse_args(argv[1:])
        return None
    except SystemExit as error:
        return "%s (exit %s)" % (sys.stderr.getvalue().strip(), error.code)
    except Exception as error:  # argparse errors of many classes
        return "%s: %s" % (type(error).__name__, error)
    finally:
        sys.stderr = errors


def show(question):
    """What gcloud prints of a record, flattened first as its display does."""
    records = question["record"]
    single = not isinstance(records, list)
    records = [records] if single else records
    if question.get("flatten"):
        key = [part for part in resource_lex.Lexer(question["flatten"]).Key() if part is not None]
        records = list(peek_iterable.Tapper(iter(records), display_taps.Flattener(key)))
        single = False
    out = io.StringIO()
    resource_printer.Print(records[0] if single else records, question["format"], out=out, single=single)
    return out.getvalue()


def rewrite(question):
    """[what is left for the client, what the server is asked]"""
    backend = filter_rewrite.Backend(question["ongoing"])
    defaults = resource_projection_spec.ProjectionSpec()
    return list(backend.Rewrite(question["expression"], defaults=defaults))


def match(question):
    """Whether a filter that stays with gcloud lets the record through."""
    return bool(resource_filter.Compile(question["expression"]).Evaluate(question["record"]))


questions = json.load(sys.stdin)
parser = gcloud_main.CreateCLI([])._CLI__parser
json.dump(
    {
        "parse": [parse(parser, argv) for argv in questions["parse"]],
        "print": [show(question) for question in questions["print"]],
        "filter": [rewrite(question) for question in questions["filter"]],
        "match": [match(question) for question in questions["match"]],
        "list": [arg_parsers.ArgList()(value) for value in questions["list"]],
    },
    sys.stdout,
)
