using Carillon.Core.Access;

namespace Carillon.Tests.Core.Access;

/// <summary>Short ways to put a question to policies.</summary>
internal static class Ask
{
    public const string App = "arn:aws:chime:us-east-1:111122223333:app-instance/a1";

    public static Verdict Policies(string action, string[] arns, ContextKeys keys, params string[] documents) =>
        Policy.Evaluate(
            new Grants(false, [.. documents.Select(Policy.Parse)]),
            new AccessRequest(action, [.. arns.Select(a => new AccessTarget(a))], keys)).Verdict;

    public static bool Allows(string document, string action, string arn, ContextKeys? keys = null) =>
        Policies(action, [arn], keys ?? new ContextKeys(), document) == Verdict.Allowed;

    /// <summary>A policy of one statement; <paramref name="condition"/> is the inside of its Condition.</summary>
    public static string Statement(
        string effect, string action, string resource, string condition = "", string version = "2012-10-17") =>
        $$"""
        {"Version": "{{version}}", "Statement": {"Effect": "{{effect}}", "Action": "{{action}}",
         "Resource": "{{resource}}", "Condition": { {{condition}} } } }
        """;
}
