"""Sends logs, traces and metrics through the OpenTelemetry SDK for Python.

    emit.py PLAN ENDPOINT grpc|http

PLAN is a JSON file: under "say", texts by the position that they go to; "times", how
often everything is sent.
"""

import json
import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import AlwaysOnExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

plan = json.load(open(sys.argv[1]))
endpoint, protocol = sys.argv[2], sys.argv[3]
used = set()


def say(position):
    used.add(position)
    return plan["say"][position]


if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    options = [{"endpoint": endpoint, "insecure": True}] * 3
else:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    options = [{"endpoint": f"http://{endpoint}/v1/{signal}"} for signal in ("logs", "traces", "metrics")]


class Checked:
    """An exporter whose failures end the program."""

    def __init__(self, exporter):
        self.exporter = exporter

    def export(self, *args, **kwargs):
        result = self.exporter.export(*args, **kwargs)
        if "SUCCESS" not in str(result):
            print("export:", result, file=sys.stderr)
            sys.stderr.flush()
            import os

            os._exit(3)
        return result

    def __getattr__(self, name):
        return getattr(self.exporter, name)


resource = Resource.create({
    "service.name": "shop",
    "note": say("resource attribute"),
    "process.command_args": ["run", "--token", say("command argument")],
})

logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(SimpleLogRecordProcessor(Checked(OTLPLogExporter(**options[0]))))
traces = TracerProvider(resource=resource)
traces.add_span_processor(SimpleSpanProcessor(Checked(OTLPSpanExporter(**options[1]))))
reader = PeriodicExportingMetricReader(OTLPMetricExporter(**options[2]), export_interval_millis=3_600_000)
metrics = MeterProvider(resource=resource, metric_readers=[reader], exemplar_filter=AlwaysOnExemplarFilter())

scope = dict(schema_url=say("schema url"), attributes={"note": say("scope attribute")})
logger = logs.get_logger(say("scope name"), version=say("scope version"), **scope)
tracer = traces.get_tracer(say("scope name"), say("scope version"), **scope)
meter = metrics.get_meter(say("scope name"), version=say("scope version"), **scope)


def record(body, **attributes):
    logger.emit(LogRecord(
        timestamp=1_700_000_000_000_000_000, observed_timestamp=1_700_000_000_000_000_001,
        severity_number=SeverityNumber.INFO, severity_text=say("severity text"), event_name=say("event name"),
        body=body, attributes=attributes or None,
    ))


counter = meter.create_counter("orders.count", unit=say("metric unit"), description=say("metric description"))
histogram = meter.create_histogram("orders.size", unit="By", description=say("metric description"))

for i in range(plan.get("times", 1)):
    record(say("body"))
    record(say("body lines"))
    record({"inner": {"list": [1, True, say("body map")]}, say("body key"): 1.5})
    record([say("body list"), {"name": "x"}])
    record(say("body bytes").encode())
    record("with attributes", count=i, ratio=0.25, ok=True, **{
        "text": say("attribute"), "list": ["x", say("attribute list")], "raw": say("attribute bytes").encode(),
        "map": {"deep": {"er": say("attribute map")}}, say("attribute key"): "value",
    })

    other = SpanContext(0x1234, 0x5678, True, TraceFlags(1), TraceState([("vendor", say("trace state").replace(" ", ""))]))
    with tracer.start_as_current_span(say("span name"), kind=SpanKind.CLIENT, links=[Link(other, {"note": say("link attribute")})], attributes={
        "note": say("span attribute"), "list": ["x", say("span list")],
        "url.full": "https://joe:" + say("password") + "@shop.example/items?sort=asc", "http.response.status_code": 200,
    }) as span:
        span.add_event(say("span event name"), {"exception.stacktrace": say("span event attribute")})
        span.set_status(Status(StatusCode.ERROR, say("status message")))
        counter.add(i + 1, {"zone": say("datapoint attribute")})
        histogram.record(17 * i, {"zone": "north"})
    with tracer.start_as_current_span("exemplars"):
        # A view that drops an attribute would keep it in the exemplar.
        histogram.record(3, {"zone": say("histogram attribute")})

logs.shutdown()
traces.shutdown()
if not metrics.force_flush(30_000):
    sys.exit(4)
metrics.shutdown()
left = set(plan["say"]) - used
if left:
    sys.exit(f"positions that nothing is said at: {left}")
