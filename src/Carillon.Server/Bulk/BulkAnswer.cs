using System.Text.Json;

namespace Carillon.Server.Bulk;

/// <summary>The lines of the answer (docs/wire/extensions.md).</summary>
internal static class BulkAnswer
{
    private static readonly JsonEncodedText _line = JsonEncodedText.Encode("Line");
    private static readonly JsonEncodedText _reference = JsonEncodedText.Encode("Reference");
    private static readonly JsonEncodedText _status = JsonEncodedText.Encode("Status");
    private static readonly JsonEncodedText _response = JsonEncodedText.Encode("Response");

    public static void Write(Utf8JsonWriter to, BulkResult result)
    {
        to.WriteStartObject();
        to.WriteNumber(_line, result.Item.Line);
        if (result.Item.Reference is { } reference)
        {
            to.WriteString(_reference, reference);
        }

        to.WriteNumber(_status, result.Status);
        if (result.Error is { } error)
        {
            to.WriteStartObject("Error");
            to.WriteString("Name", error.Name);
            to.WriteString("Code", error.Code);
            to.WriteString("Message", result.Message);
            to.WriteEndObject();
        }
        else if (result.Answer is { } answer)
        {
            to.WritePropertyName(_response);
            to.WriteRawValue(answer, skipInputValidation: true);
        }

        to.WriteEndObject();
    }

    /// <param name="kind">Progress or Finished.</param>
    /// <param name="body">Tells how much of it was read.</param>
    public static void Write(Utf8JsonWriter to, string kind, long items, long failed, Stream body)
    {
        to.WriteStartObject();
        to.WriteStartObject(kind);
        to.WriteNumber("Succeeded", items - failed);
        to.WriteNumber("Failed", failed);
        to.WriteNumber("Bytes", body.Position);
        to.WriteNumber("TotalBytes", body.Length);
        to.WriteEndObject();
        to.WriteEndObject();
    }
}
