"""Requests as the Functions worker hands them to the app."""

import azure.functions as func


def post(body: bytes, content_type: str | None = "application/json", **query: str) -> func.HttpRequest:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return func.HttpRequest("POST", "/api/claims", headers=headers, params=query, body=body)
