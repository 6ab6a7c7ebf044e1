using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Server.Access;

namespace Carillon.Server.Http.QueryProtocol;

/// <summary>Runs an operation whose caller is proven: form, operation, right, handler, answer.</summary>
internal sealed class QueryRunner(AccessRoom room)
{
    /// <param name="service">From the scope of the signature.</param>
    /// <param name="body">The form as received; of a GET, its query.</param>
    /// <param name="caller">Whose signature was proven; anonymous for an operation that takes none.</param>
    /// <param name="circumstances">What is known of the request alone.</param>
    /// <param name="requestId">Goes into the answer and its header.</param>
    public async Task<QueryAnswer> Run(
        QueryService service, ReadOnlyMemory<byte> body, Caller caller, Circumstance circumstances, string requestId)
    {
        try
        {
            var form = QueryForm.Parse(body.Span);
            var operation = Choose(service, form);
            if (service.Bars(operation, caller) is { } barred)
            {
                throw barred;
            }

            var keys = new ContextKeys(circumstances.Keys(room.Authorizer.KeysOf(caller)));
            var call = new QueryCall(form, caller, keys, room);
            if (operation.Needs is { } needed)
            {
                RequestTags.AddTo(keys, form);
                var decision = room.Authorizer.Decide(caller, needed.Action, [needed.Target(call)], keys);
                if (!decision.IsAllowed)
                {
                    throw QueryFault.AccessDenied(Denial.Text(caller.Arn, needed.Action, decision));
                }
            }

            var result = await operation.Handle(call);
            return new(200, Answer(service, operation, result, requestId));
        }
        catch (QueryFault fault)
        {
            return Error(service, fault, requestId);
        }
        catch (MalformedPolicyException malformed)
        {
            return Error(service, new(400, "MalformedPolicyDocument", malformed.Message), requestId);
        }
        catch (Refusal refusal)
        {
            return Error(service, QueryRefusals.Of(refusal), requestId);
        }
    }

    /// <summary>An error, also for what the signature check refused.</summary>
    public static QueryAnswer Error(QueryService service, QueryFault fault, string requestId) => new(
        fault.Status,
        new XmlAnswer().Group("ErrorResponse", root => root
            .Group("Error", error => error
                .Text("Type", fault.Status < 500 ? "Sender" : "Receiver")
                .Text("Code", fault.Code)
                .Text("Message", fault.Message))
            .Text("RequestId", requestId), service.Namespace).ToString());

    private static QueryOperation Choose(QueryService service, QueryForm form)
    {
        var operation = form["Version"] == service.Version ? service.Find(form["Action"]) : null;
        if (operation is null)
        {
            throw new QueryFault(
                400, "InvalidAction", $"Could not find operation {form["Action"]} for version {form["Version"]}");
        }

        foreach (var name in form.Names)
        {
            var top = name.Split('.')[0];
            var signs = top.StartsWith("X-Amz-", StringComparison.Ordinal);
            if (!signs && top is not ("Action" or "Version") && !operation.Takes.Contains(top))
            {
                throw QueryFault.Invalid($"The parameter {top} of {operation.Name} is not available.");
            }
        }

        return operation;
    }

    private static string Answer(
        QueryService service, QueryOperation operation, Action<XmlAnswer>? result, string requestId) =>
        new XmlAnswer().Group(operation.Name + "Response", root =>
        {
            if (result is not null)
            {
                root.Group(operation.Name + "Result", result);
            }

            root.Group("ResponseMetadata", metadata => metadata.Text("RequestId", requestId));
        }, service.Namespace).ToString();
}
