using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Core.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

// Differs from AWS: the policy decides about API Gateway alone; whether another caller may invoke, its own policies say.
internal static class AddPermission
{
    public static readonly LambdaOperation Operation = new(
        "AddPermission", Route.Post("/2015-03-31/functions/{FunctionName}/policy"), 201, Handle);

    private static async Task<byte[]?> Handle(LambdaCall call)
    {
        var name = call.Changeable();
        _ = call.Function();
        var request = call.Read(LambdaJson.Default.AddPermissionRequest);
        var sid = Required("statementId", request.StatementId, 100);
        var statement = new JsonObject
        {
            ["Sid"] = sid,
            ["Effect"] = "Allow",
            ["Principal"] = PrincipalOf(Required("principal", request.Principal, 2048)),
            ["Action"] = ActionOf(request.Action),
            ["Resource"] = call.Room.ArnOf(name),
        };
        var conditions = new JsonObject();
        Add(conditions, "StringEquals", "AWS:SourceAccount", request.SourceAccount);
        Add(conditions, "StringEquals", "aws:PrincipalOrgID", request.PrincipalOrgID);
        Add(conditions, "StringEquals", "lambda:EventSourceToken", request.EventSourceToken);
        Add(conditions, "ArnLike", "AWS:SourceArn", request.SourceArn);
        if (conditions.Count > 0)
        {
            statement["Condition"] = conditions;
        }

        await call.Room.Store.Write(ledger =>
        {
            LocalFunctions.Permit(ledger, name, request.RevisionId, sid, statement);
            return true;
        });
        return JsonSerializer.SerializeToUtf8Bytes(new(statement.ToJsonString()), LambdaJson.Default.AddPermissionResponse);
    }

    private static JsonNode PrincipalOf(string principal) => principal == "*" ? "*"
        : principal.EndsWith(".amazonaws.com", StringComparison.Ordinal) ? new JsonObject { ["Service"] = principal }
        : new JsonObject { ["AWS"] = principal.All(char.IsAsciiDigit) ? $"arn:aws:iam::{principal}:root" : principal };

    private static string ActionOf(string? action) => action is not null && (action == "lambda:*"
        || (action.StartsWith("lambda:", StringComparison.Ordinal) && action.Length > 7 && action.AsSpan(7).IndexOfAnyExceptInRange('A', 'z') < 0))
        ? action
        : throw LambdaFault.Constraint("action", action, "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])");

    private static string Required(string member, string? text, int most) =>
        text is not { Length: > 0 } ? throw LambdaFault.Constraint(member, null, "Member must not be null")
        : text.Length > most ? throw LambdaFault.Constraint(member, text, $"Member must have length less than or equal to {most}")
        : text;

    private static void Add(JsonObject conditions, string operatorName, string key, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (conditions[operatorName] is not JsonObject keys)
        {
            conditions[operatorName] = keys = [];
        }

        keys[key] = value;
    }
}
