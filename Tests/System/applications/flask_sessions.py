"""Flask-Session: sessions of a web application that live in the server."""

import redis
from common import PORT, equal, note, noted, perform, write
from flask import Flask, request, session
from flask_session import Session

application = Flask(__name__)
application.config.update(
    SESSION_TYPE="redis", SESSION_REDIS=redis.Redis(port=PORT), SESSION_KEY_PREFIX="session:"
)
Session(application)


@application.post("/cart")
def put():
    session["cart"] = [*session.get("cart", []), request.json]
    return {"count": len(session["cart"])}


@application.get("/cart")
def show():
    return {"cart": session.get("cart", [])}


@application.post("/leave")
def leave():
    session.clear()
    return {}


def use():
    browser = application.test_client()
    equal(browser.get("/cart").json, {"cart": []})
    equal(browser.post("/cart", json="book").json, {"count": 1})
    equal(browser.post("/cart", json={"lamp": 2}).json, {"count": 2})
    equal(browser.get("/cart").json, {"cart": ["book", {"lamp": 2}]})
    equal(application.test_client().get("/cart").json, {"cart": []})
    keys = application.config["SESSION_REDIS"].keys("session:*")
    equal([application.config["SESSION_REDIS"].ttl(key) > 1000 for key in keys], [True])
    browser.post("/leave")
    equal(browser.get("/cart").json, {"cart": []})


def store(number):
    """A visitor whose session is known by the cookie that the browser was given."""
    browser = application.test_client()
    answer = browser.post("/cart", json=number)
    if answer.status_code != 200:
        raise redis.ConnectionError(f"status {answer.status_code}")
    note("cookie", f"{number} {browser.get_cookie('session').value}")


def found():
    numbers = []
    for row in noted("cookie"):
        number, cookie = row.split()
        browser = application.test_client()
        browser.set_cookie("session", cookie)
        if browser.get("/cart").json == {"cart": [int(number)]}:
            numbers.append(int(number))
    return numbers


ROLES = {"use": use, "write": lambda: write(store, redis.ConnectionError), "found": found}

if __name__ == "__main__":
    perform(ROLES)
