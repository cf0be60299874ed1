"""Mixed stacks of a wanted number of resources."""

import yaml

# Each makes entries named by a number, and says how many resources they are.


def worker(n):
    """Function with role, policy, log group; a queue that feeds it."""
    return 6, {
        "queues": {f"jobs-{n}": {"visibility_timeout": "3m"}},
        "functions": {f"worker-{n}": {
            "code": "code", "runtime": "python3.12", "handler": "app.handler", "timeout": "30s",
            "environment": {"NUMBER": str(n)},
            "events": [{"queue": f"jobs-{n}", "batch_size": 5}],
        }},
    }


def store(n):
    """A table, a bucket, a topic and a queue."""
    return 4, {
        "tables": {f"orders-{n}": {"partition_key": "id"}},
        "buckets": {f"images-{n}": {"versioning": True}},
        "topics": {f"news-{n}": {}},
        "queues": {f"later-{n}": {"delay": "10s"}},
    }


def watch(n):
    """A queue, a topic, and alarms that tell it."""
    queue, topic = f"watched-{n}", f"alerts-{n}"
    alarms = {
        f"{name}-{n}": {
            "namespace": "AWS/SQS", "metric": metric, "dimensions": {"QueueName": f"${{queues.{queue}.name}}"},
            "statistic": "Maximum", "above": 100, "period": "1m", "for": "5m", "notify": [f"topics.{topic}"],
        }
        for name, metric in (("old", "ApproximateAgeOfOldestMessage"), ("many", "ApproximateNumberOfMessagesVisible"))
    }
    return 4, {"queues": {queue: {}}, "topics": {topic: {}}, "alarms": alarms}


def logs(n):
    """Log groups."""
    return 2, {"log_groups": {f"access-{n}": {"retention": "14d"}, f"audit-{n}": {"retention": "30d"}}}


def table(n):
    return 1, {"tables": {f"small-{n}": {"partition_key": "id"}}}


def queue(n):
    return 1, {"queues": {f"one-{n}": {}}}


MIX = (worker, store, watch, logs, queue, worker, watch, table)


def mixed(wanted):
    """The text of a stack of `wanted` resources."""
    stack, count, n = {"stack": "bench"}, 0, 0
    while count < wanted:
        piece = MIX[n % len(MIX)]
        size, sections = piece(n)
        if count + size > wanted:
            size, sections = queue(n)
        for section, entries in sections.items():
            stack.setdefault(section, {}).update(entries)
        count, n = count + size, n + 1
    return yaml.safe_dump(stack, sort_keys=False)
