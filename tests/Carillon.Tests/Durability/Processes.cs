using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>Tests that start servers as processes: one after the other and beside nothing else, because they take times.</summary>
[CollectionDefinition(nameof(Processes), DisableParallelization = true)]
public sealed class Processes;
