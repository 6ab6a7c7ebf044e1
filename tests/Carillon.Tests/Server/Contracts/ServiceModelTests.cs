using Carillon.Server.Contracts;
using Carillon.Tests.Server.Operations;
using Xunit;

namespace Carillon.Tests.Server.Contracts;

/// <summary>The data that the server enforces, against a distillation of the same models that was made apart from it.</summary>
public class ServiceModelTests
{
    private static readonly ServiceModel[] _models = [ServiceModel.Identity, ServiceModel.Messaging];

    public static TheoryData<string> Names => [.. Contract.All.Keys];

    [Fact]
    public void The_models_have_51_and_30_operations()
    {
        Assert.Equal(30, ServiceModel.Identity.Operations.Count);
        Assert.Equal(51, ServiceModel.Messaging.Operations.Count);
        Assert.Equal(
            Contract.All.Keys.Order(StringComparer.Ordinal),
            _models.SelectMany(m => m.Operations.Keys).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_has_the_contract_s_route_status_errors_and_members(string name)
    {
        var contract = Contract.All[name];

        // Tags are in both models, and must be the same in both.
        foreach (var model in _models.Where(m => m.Operations.ContainsKey(name)))
        {
            var operation = model.Operations[name];
            Assert.Equal($"{contract.Method} {contract.Template}", operation.Route);
            Assert.Equal(contract.Status, operation.Status);
            Assert.Equal(contract.Errors.Order(StringComparer.Ordinal), operation.Errors);
            Same(contract.Members, operation.Members, model);
        }
    }

    [Fact]
    public void Every_difference_is_about_something_that_there_is() => Assert.All(
        Differences.All,
        difference => Assert.Contains(_models, model => difference.Operation is { } operation
            ? model.Operations.TryGetValue(operation, out var found) && found.Members.ContainsKey(difference.Name)
            : model.Shapes.ContainsKey(difference.Name)));

    private static void Same(IReadOnlyList<ContractMember> contract, IReadOnlyDictionary<string, ModelMember> members, ServiceModel model)
    {
        Assert.Equal(contract.Select(m => m.Name), members.Keys);
        foreach (var expected in contract)
        {
            var member = members[expected.Name!];
            Assert.Equal(
                expected.Location, member.In switch { "path" => "uri", "query" => "querystring", var other => other });
            Assert.Equal(expected.LocationName, member.As);
            Assert.Equal(expected.Required, member.Required);
            Same(expected, member.Shape, model);
        }
    }

    private static void Same(ContractMember expected, string name, ServiceModel model)
    {
        var shape = model.Shapes[name];
        Assert.Equal(
            (expected.Type, expected.Min, expected.Max, expected.Pattern), (shape.Type, shape.Min, shape.Max, shape.Pattern));
        Assert.Equal(expected.Enum, shape.Enum);
        foreach (var (part, of) in new[] { (expected.Element, shape.Of), (expected.Key, shape.Key), (expected.Value, shape.Value) })
        {
            Assert.Equal(part is null, of is null);
            if (part is not null)
            {
                Same(part, of!, model);
            }
        }

        if (expected.Members is not null)
        {
            Same(expected.Members, shape.Members!, model);
        }
    }
}
