"""The view of the original article in one file: verify, dispatch, one transaction per event."""

import hashlib
import hmac
import json
import os
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

database = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.path.lstrip("/"),
            "USER": database.username,
            "PASSWORD": unquote(database.password or ""),
            "HOST": database.hostname,
            "PORT": database.port,
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not used",
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

SECRET = os.environ["SECRET"].encode()


@csrf_exempt
@require_POST
def payment_webhook(request):
    expected = hmac.new(SECRET, request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(request.headers.get("X-Signature", ""), expected):
        return JsonResponse({"error": "Invalid signature"}, status=401)
    try:
        event = json.loads(request.body)
    except ValueError:
        return JsonResponse({"error": "Invalid JSON"}, status=400)
    handler = HANDLERS.get(event.get("event_type"))
    if handler is None:
        return JsonResponse({"error": "Unhandled event type"}, status=400)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payment_events (event_id, type, transaction_id, payload)
               VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [event["event_id"], event["event_type"], event["transaction_id"], request.body.decode()],
        )
        if cursor.rowcount == 1:
            handler(cursor, event)
    return JsonResponse({"status": "success"})


def becomes(status):
    def handle(cursor, event):
        cursor.execute(
            """INSERT INTO payments (transaction_id, status, amount, currency, reference, updated_at)
               VALUES (%s, %s, %s, %s, %s, now())
               ON CONFLICT (transaction_id) DO UPDATE
               SET status = excluded.status, amount = excluded.amount,
                   currency = excluded.currency, reference = excluded.reference, updated_at = now()""",
            [
                event["transaction_id"],
                status,
                event["amount"],
                event["currency"],
                event.get("reference"),
            ],
        )

    return handle


HANDLERS = {
    "payment_success": becomes("captured"),
    "payment_failure": becomes("failed"),
    "payment_authorized": becomes("authorized"),
    "payment_captured": becomes("captured"),
    "payment_refunded": becomes("refunded"),
}

urlpatterns = [
    path("webhooks/generic", payment_webhook),
    path("", lambda request: HttpResponse("ready")),
]
application = get_wsgi_application()
