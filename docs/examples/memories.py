"""Asks guild-memory what a bot should know about people, with boto3."""

import json
import os

import boto3
from botocore.config import Config

# One attempt and more than the function's own 180 s: a second invocation is paid nothing twice, but would only wait
# for the first.
CONFIG = Config(read_timeout=190, retries={"total_max_attempts": 1})
LAMBDA = boto3.client("lambda", config=CONFIG)


def ask(guild_id: str, user_ids: list[str]) -> dict:
    """One text for each person, and all of them as a block for the prompt of the bot's own model."""
    event = {"guild_id": guild_id, "user_ids": user_ids, "prompt": True}
    function = os.environ.get("GET_MEMORIES", "get_memories")
    answer = LAMBDA.invoke(FunctionName=function, Payload=json.dumps(event))
    body = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise RuntimeError(f"{body['errorType']}: {body['errorMessage']}")
    return body


if __name__ == "__main__":
    print(ask("998100000000000101", ["998100000000000111", "998100000000000112"])["prompt"])
