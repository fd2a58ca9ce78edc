"""A CI server by PyGithub, against a fake GitHub: python3 pygithub.py API CONTROL"""

import hashlib
import hmac
import json
import queue
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from github import Auth, Github, GithubException, UnknownObjectException

API, CONTROL = sys.argv[1:]
NAME = "octocat/pygithub"
SECRET = b"It's a Secret to Everybody"


def person(call, /, **body):
    """What people do."""
    request = urllib.request.Request(CONTROL + call, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def act(action, /, **body):
    return person(f"/repositories/{NAME}/{action}", **body)


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")


def client(token=None, **options):
    """It neither waits between calls nor repeats them."""
    auth = Auth.Token(token) if token else None
    pause = {"seconds_between_requests": 0, "seconds_between_writes": 0}
    return Github(base_url=API, auth=auth, retry=None, **pause, **options)


def refused(status, work):
    try:
        work()
    except GithubException as error:
        equal(error.status, status)
        return error
    raise AssertionError(f"it was not refused with {status}")


heard = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        heard.put((self.headers, body))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_):
        pass


def hear(event, action=None):
    while True:
        headers, body = heard.get(timeout=60)
        expected = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers["x-hub-signature-256"], expected):
            raise AssertionError(f"{headers['x-github-event']} is signed wrongly")
        payload = json.loads(body)
        if headers["x-github-event"] == event and payload.get("action") == action:
            return payload


receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()

person("/create-repository", name=NAME, git=True)
github = client("ghp_any", per_page=2)
repository = github.get_repo(NAME)
equal((repository.full_name, repository.default_branch, repository.private), (NAME, "main", False))
if not isinstance(refused(404, lambda: github.get_repo("octocat/none")), UnknownObjectException):
    raise AssertionError("404 is another error")
refused(401, lambda: client().get_repo(NAME))

# A hook hears of a pull request, signed.
url = f"http://127.0.0.1:{receiver.server_port}/hook"
config = {"url": url, "content_type": "json", "secret": SECRET.decode()}
hook = repository.create_hook("web", config, ["pull_request", "push"], active=True)
equal([it.id for it in repository.get_hooks()], [hook.id])
hear("ping")
files = {"flag.txt": "on\n"}
pushed = act("commit", branch="feature", message="Add a flag", files=files, author="monalisa")
equal(hear("push")["after"], pushed["sha"])
act("open-pull-request", title="Add a flag", author="monalisa", labels=["bug"], reviewers=["hubot"])
equal(hear("pull_request", "opened")["pull_request"]["head"]["sha"], pushed["sha"])

# Pull requests, page by page.
for number in range(4):
    act("open-pull-request", title=f"Number {number}", head=f"branch-{number}")
pulls = list(repository.get_pulls(state="open"))
equal([it.number for it in pulls], [5, 4, 3, 2, 1])
equal(repository.get_pulls().totalCount, 5)
pull = repository.get_pull(1)
equal((pull.title, pull.user.login, pull.state), ("Add a flag", "monalisa", "open"))
equal((pull.head.sha, pull.base.ref, pull.draft), (pushed["sha"], "main", False))
act("review", number=1, verdict="approve", login="hubot")
equal([(it.user.login, it.state) for it in pull.get_reviews()], [("hubot", "APPROVED")])

# Statuses.
commit = repository.get_commit(pull.head.sha)
equal(commit.commit.message, "Add a flag")
equal([it.filename for it in commit.files], ["flag.txt"])
commit.create_status("pending", "https://ci.example.com/1", "Words", "ci/build")
for context, state in [("ci/build", "success"), ("ci/lint", "success")]:
    status = commit.create_status(state=state, context=context, description="Good")
    equal((status.state, status.context, status.description), (state, context, "Good"))
combined = commit.get_combined_status()
equal((combined.state, combined.total_count, combined.sha), ("success", 2, pull.head.sha))
equal([it.state for it in commit.get_statuses()], ["success", "success", "pending"])
refused(422, lambda: commit.create_status("fine"))

# Check runs are for Apps.
refused(403, lambda: repository.create_check_run("unit", pull.head.sha))
app = client("ghs_any").get_repo(NAME)
run = app.create_check_run("unit", pull.head.sha, status="in_progress")
run.edit(status="completed", conclusion="success", output={"title": "Good", "summary": "All"})
runs = [(it.name, it.status, it.conclusion) for it in commit.get_check_runs()]
equal(runs, [("unit", "completed", "success")])

# Comments and labels.
issue = repository.get_issue(1)
comment = issue.create_comment("Built")
comment.edit("Built again")
comment.create_reaction("eyes")
act("comment", number=1, login="monalisa", body="Thanks")
said = [(it.user.login, it.body) for it in issue.get_comments()]
equal(said, [("hookstead-ci", "Built again"), ("monalisa", "Thanks")])
issue.add_to_labels("ready")
issue.remove_from_labels("bug")
equal([it.name for it in issue.get_labels()], ["ready"])
equal(repository.get_collaborator_permission("octocat"), "admin")

# A fault on demand, and then none.
person("/faults/inject", kind="secondary_limit", path="/merge")
refused(403, pull.merge)
merged = pull.merge(merge_method="merge", commit_message="Ship it")
equal(merged.merged, True)
equal(repository.get_pull(1).is_merged(), True)
refused(405, repository.get_pull(1).merge)
equal(hear("pull_request", "closed")["pull_request"]["merged"], True)
equal(repository.get_branch("main").commit.sha, merged.sha)
equal(repository.get_contents("flag.txt").decoded_content, b"on\n")
equal(repository.compare("main", "branch-0").status, "diverged")
equal([it.name for it in repository.get_branches()][:2], ["branch-0", "branch-1"])

# A deployment.
deployment = repository.create_deployment(
    "main", auto_merge=False, required_contexts=[], environment="staging", payload={"by": "chat"}
)
equal((deployment.sha, deployment.payload), (merged.sha, {"by": "chat"}))
for state in ["in_progress", "success"]:
    deployment.create_status(state, environment_url="https://staging.example.com")
equal([it.state for it in deployment.get_statuses()], ["success", "in_progress"])
equal([it.id for it in repository.get_deployments(environment="staging")], [deployment.id])

# What the control saw.
person("/deliveries/wait-until-idle")
deliveries = list(repository.get_hook_deliveries(hook.id))
equal({it.status_code for it in deliveries}, {202})
limit = github.get_rate_limit()
equal(limit.rate.limit, 5000)
with urllib.request.urlopen(f"{CONTROL}/calls") as answer:
    calls = [call for call in json.load(answer) if NAME in call["path"]]
agents = {call["headers"]["user-agent"].split("/")[0] for call in calls}
equal(agents, {"PyGithub"})
receiver.shutdown()
