using System.Globalization;
using System.Text.Json;
using Carillon.Core.Functions;
using Carillon.Functions;
using Carillon.Server.Functions;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

/// <summary>What Lambda requires of a function, in its words (service model, 2026-11, and the developer guide's quotas).</summary>
internal static class FunctionChecks
{
    /// <exception cref="LambdaFault">A member is missing or out of bounds.</exception>
    public static FunctionSettings Settings(
        string? runtime, string? handler, string role, string? description, int? timeout, int? memory)
    {
        if (runtime is null || !Interpreters.Knows(runtime))
        {
            throw LambdaFault.Invalid($"Value {runtime ?? "null"} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs22.x, nodejs20.x, python3.13, python3.12] or be valid ARN");
        }

        if (handler is not { Length: >= 1 and <= 128 } || handler.Any(char.IsWhiteSpace))
        {
            throw LambdaFault.Constraint("handler", handler, "Member must satisfy regular expression pattern: [^\\s]+");
        }

        Length("description", description, 256);
        Length("role", role, 10_000);
        return new(
            runtime, handler, role, description ?? "", Within("timeout", timeout ?? 3, 1, 900), Within("memorySize", memory ?? 128, 128, 10_240));
    }

    /// <exception cref="LambdaFault">A name is reserved or no name, or they are too long together.</exception>
    public static void RequireVariables(IReadOnlyDictionary<string, string> variables)
    {
        const string unable = "Lambda was unable to configure your environment variables because the environment variables you have provided ";
        if (variables.Keys.Where(FunctionVariables.IsReserved).ToList() is { Count: > 0 } reserved)
        {
            throw LambdaFault.Invalid(
                $"{unable}contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {string.Join(", ", reserved)}");
        }

        if (variables.Keys.FirstOrDefault(name => !FunctionVariables.IsName(name)) is { } wrong)
        {
            throw LambdaFault.Constraint(
                "environment.variables", wrong, "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]");
        }

        // A NUL would end the value before its end, for whoever starts the process.
        if (variables.Values.Any(value => value is null || value.Contains('\0', StringComparison.Ordinal)))
        {
            throw LambdaFault.Invalid("The value of an environment variable is text without a null character.");
        }

        var measured = JsonSerializer.Serialize(variables, FunctionVariablesJson.Default.IReadOnlyDictionaryStringString);
        if (measured.Length > FunctionVariables.Most)
        {
            throw LambdaFault.Invalid($"{unable}exceeded the 4KB limit. String measured: {measured}");
        }
    }

    /// <exception cref="LambdaFault">There is no such role, or it does not trust Lambda.</exception>
    public static void RequireRole(FunctionRoom room, string? arn)
    {
        if (arn is null || room.RoleOf(arn) is null)
        {
            throw LambdaFault.Invalid("The role defined for the function cannot be assumed by Lambda.");
        }
    }

    // Differs from AWS: code comes in the request alone, and layers, file systems, images and published versions are refused.
    public static void RequireServed(
        string? s3Bucket = null, string? imageUri = null, bool publish = false, IReadOnlyList<string>? layers = null,
        IReadOnlyList<JsonElement>? fileSystems = null, string? packageType = null)
    {
        var refused = s3Bucket is not null ? "Code from S3"
            : imageUri is not null || packageType is not (null or "Zip") ? "A container image"
            : publish ? "A published version"
            : layers is { Count: > 0 } ? "A layer"
            : fileSystems is { Count: > 0 } ? "A file system"
            : null;
        if (refused is not null)
        {
            throw LambdaFault.Invalid($"{refused} is not supported by this server; the code of a function is sent as ZipFile.");
        }
    }

    /// <exception cref="LambdaFault">It is missing, or no zip for a function.</exception>
    public static async Task<FunctionCode> Keep(FunctionRoom room, byte[]? zip)
    {
        if (zip is not { Length: > 0 })
        {
            throw LambdaFault.Invalid("Please provide a source for function code.");
        }

        if (zip.Length > CodeStore.MostZipped)
        {
            throw LambdaFault.TooLarge($"Zipped size must be smaller than {CodeStore.MostZipped} bytes");
        }

        try
        {
            return await Task.Run(() => room.Code.Keep(zip));
        }
        catch (CodeException e)
        {
            throw LambdaFault.Invalid(e.Message);
        }
    }

    /// <summary>Takes a zip away that no function has any more.</summary>
    public static void Forget(FunctionRoom room, FunctionCode code)
    {
        if (!room.Store.Read(view => view.HasCode(code.Sha256)))
        {
            room.Code.Forget(code);
        }
    }

    private static void Length(string member, string? text, int most)
    {
        if (text?.Length > most)
        {
            throw LambdaFault.Constraint(member, text, $"Member must have length less than or equal to {most}");
        }
    }

    private static int Within(string member, int value, int least, int most)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        return value < least ? throw LambdaFault.Constraint(member, text, $"Member must have value greater than or equal to {least}")
            : value > most ? throw LambdaFault.Constraint(member, text, $"Member must have value less than or equal to {most}")
            : value;
    }
}
