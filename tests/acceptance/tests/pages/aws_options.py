"""Whether `aws SERVICE OPERATION --options` can be: reads command lines, and fails on what the service does not know.

The AWS CLI makes its options from the models of botocore, which is there because SAM needs it.
"""

import shlex
import sys

import botocore.session
from botocore import xform_name

# Those of the AWS CLI itself.
GLOBAL = {"--cli-binary-format", "--output", "--query", "--region", "--profile", "--endpoint-url"}
# The CLI renames those that would be taken for one of its own.
RENAMED = {("sns", "subscribe", "--endpoint"): "--notification-endpoint"}
SESSION = botocore.session.get_session()


def problems(line: str) -> list[str]:
    words = shlex.split(line)
    if words[:1] != ["aws"] or words[1] == "configure" or words[1].startswith("--"):
        return []
    service = SESSION.get_service_model(words[1])
    operations = {xform_name(name, "-"): name for name in service.operation_names}
    if words[2] not in operations:
        return [f"{words[1]} has no {words[2]}"]
    shape = service.operation_model(operations[words[2]]).input_shape
    options = {"--" + xform_name(name, "-") for name in (shape.members if shape else {})}
    known = {RENAMED.get((words[1], words[2], option), option) for option in options} | GLOBAL
    return [f"{words[1]} {words[2]} has no {word}" for word in words if word.startswith("--") and word not in known]


found = [problem for line in sys.stdin for part in line.split("&&") for problem in problems(part.strip())]
print("\n".join(found))
sys.exit(1 if found else 0)
