"""Asks for events and hands them to the function's handler, as AWS's own runtime client for Python does."""
import decimal, http.client, importlib, json, logging, os, sys, time, traceback

env = os.environ
authority, _, prefix = env["AWS_LAMBDA_RUNTIME_API"].partition("/")
base = ("/" + prefix if prefix else "") + "/2018-06-01/runtime"
server = http.client.HTTPConnection(authority, timeout=None)
current = ""


def call(method, path, body=b"", headers=None):
    server.request(method, base + path, body, {"Content-Type": "application/json", **(headers or {})})
    answer = server.getresponse()
    return answer.status, answer.headers, answer.read()


def mark():
    """Tells the host that what this invocation has printed is printed."""
    for stream in (sys.stdout, sys.stderr):
        stream.write(f"\0{current}\n")
        stream.flush()


def fail(path, kind, message, trace=()):
    error = {"errorMessage": message, "errorType": kind, "requestId": current, "stackTrace": list(trace)}
    print(f"[ERROR] {kind}: {message}" + ("\nTraceback (most recent call last):\n" + "".join(trace) if trace else ""))
    mark()
    call("POST", path, json.dumps(error).encode(), {"Lambda-Runtime-Function-Error-Type": kind.encode("ascii", "replace")})


def frames(e):
    return traceback.format_list([f for f in traceback.extract_tb(e.__traceback__) if f.filename != __file__ and "importlib" not in f.filename])


class Said(logging.Formatter):
    def format(self, record):
        record.aws_request_id = current
        return super().format(record)


class Context:
    def __init__(self, headers):
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        identity = json.loads(headers["Lambda-Runtime-Cognito-Identity"] or "{}")
        self.identity = type("Identity", (), {
            "cognito_identity_id": identity.get("cognitoIdentityId"), "cognito_identity_pool_id": identity.get("cognitoIdentityPoolId")})()
        client = headers["Lambda-Runtime-Client-Context"]
        self.client_context = type("ClientContext", (), json.loads(client))() if client else None
        self.tenant_id = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))


def number(value):
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def load(name):
    module, dot, function = name.rpartition(".")
    if not dot or not module:
        raise LookupError("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    try:
        if module.split("/")[0] in sys.builtin_module_names:
            raise LookupError("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module} as a handler module")
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as e:
        raise LookupError("Runtime.ImportModuleError", f"Unable to import module '{module}': {e}") from e
    except SyntaxError as e:
        where = f'  File "{e.filename}" Line {e.lineno}\n    {e.text or ""}'
        raise LookupError("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {e}", [where]) from e
    if not hasattr(loaded, function):
        raise LookupError("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'")
    return getattr(loaded, function)


handler_of_logs = logging.StreamHandler(sys.stdout)
handler_of_logs.setFormatter(Said("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"))
handler_of_logs.formatter.converter = time.gmtime
logging.getLogger().addHandler(handler_of_logs)
sys.path.insert(0, env["LAMBDA_TASK_ROOT"])
try:
    handler = load(env["_HANDLER"])
except BaseException as e:
    if isinstance(e, SystemExit):
        raise
    told = e.args if isinstance(e, LookupError) and str(e.args[:1] and e.args[0]).startswith("Runtime.") else (type(e).__name__, str(e), frames(e))
    fail("/init/error", *told)
    sys.exit(1)

while True:
    # A server that no longer answers is gone, and its functions go with it.
    try:
        status, headers, event = call("GET", "/invocation/next")
    except (OSError, http.client.HTTPException):
        sys.exit(1)
    if status != 200:
        sys.exit(1)
    current = headers["Lambda-Runtime-Aws-Request-Id"]
    env["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"] or ""
    path = f"/invocation/{current}"
    try:
        try:
            event = json.loads(event)
        except ValueError as e:
            fail(path + "/error", "Runtime.UnmarshalError", f"Unable to unmarshal input: {e}")
            continue
        result = handler(event, Context(headers))
        try:
            text = json.dumps(result, default=number, ensure_ascii=sys.version_info < (3, 12)).encode()
        except (TypeError, ValueError) as e:
            fail(path + "/error", "Runtime.MarshalError", f"Unable to marshal response: {e}")
            continue
    except Exception as e:
        fail(path + "/error", type(e).__name__, str(e), frames(e))
        continue
    mark()
    call("POST", path + "/response", text)
