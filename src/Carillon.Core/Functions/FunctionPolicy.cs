using System.Text.Json.Nodes;
using Carillon.Core.Access;

namespace Carillon.Core.Functions;

/// <summary>What a function's own policy says of a service that invokes it.</summary>
public static class FunctionPolicy
{
    public const string Invoke = "lambda:InvokeFunction";

    /// <param name="policy">A JSON array of statements, as <see cref="Function.Policy"/>; null allows nobody.</param>
    /// <param name="function">ARN of the function.</param>
    /// <param name="by">Who invokes.</param>
    /// <param name="account">Whose what it invokes for is.</param>
    public static bool Allows(string? policy, string function, InvokingService by, string account)
    {
        if (policy is null)
        {
            return false;
        }

        var keys = new ContextKeys().Set("aws:SourceArn", by.Source).Set("aws:SourceAccount", account);
        var statements = JsonNode.Parse(policy)!.AsArray().Where(s => Names(s!["Principal"], by.Name)).Select(s => Read(s!)).OfType<Policy>();
        return Policy.Evaluate(new(false, [.. statements]), new(Invoke, [new(function)], keys)).IsAllowed;
    }

    /// <summary>A statement, which reads like one of an identity policy without who is meant; its conditions are held alike.</summary>
    private static Policy? Read(JsonNode statement)
    {
        var read = (JsonObject)statement.DeepClone();
        read.Remove("Sid");
        read.Remove("Principal");
        try
        {
            return Policy.Parse(new JsonObject { ["Version"] = "2008-10-17", ["Statement"] = read }.ToJsonString());
        }
        catch (MalformedPolicyException)
        {
            // AddPermission takes what conditions say as it comes; what cannot be read allows nothing.
            return null;
        }
    }

    private static bool Names(JsonNode? principal, string service) => principal switch
    {
        JsonValue value => value.GetValue<string>() == "*",
        JsonObject named => named["Service"] is JsonValue one && one.GetValue<string>() == service,
        _ => false,
    };
}
