namespace Carillon.Core.Access;

/// <summary>A policy document that cannot be saved. The message is a sentence for the person who wrote it.</summary>
public sealed class MalformedPolicyException(string sentence) : Exception(sentence);
