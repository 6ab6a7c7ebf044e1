using Carillon.Core;
using Carillon.Core.Functions;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private static readonly FunctionSettings _settings = new("nodejs20.x", "index.handler", "arn:role", "", 3, 128);

    private static Task<Function> MakeFunction(Stage stage, string name, string hash = "aGFzaA==") =>
        stage.Store.Write(ledger => LocalFunctions.Create(ledger, name, _settings, [1, 2], new(hash, 7)));

    [Fact]
    public async Task A_function_is_read_back_after_a_restart_and_its_name_is_its_own()
    {
        var stage = Begin();
        var made = await MakeFunction(stage, "hello");
        Assert.Equal(Reason.FunctionExists, await Refused(MakeFunction(stage, "hello")));

        stage = Restart(stage);
        var read = stage.Store.Read(view => view.FindFunction("hello"))!;

        Assert.Equal(made with { Variables = null }, read with { Variables = null });
        Assert.Equal([1, 2], read.Variables!);
        Assert.True(stage.Store.Read(view => view.HasCode("aGFzaA==")));
        await stage.Store.Write(ledger => LocalFunctions.Delete(ledger, "hello"));
        Assert.Null(stage.Store.Read(view => view.FindFunction("hello")));
        Assert.False(stage.Store.Read(view => view.HasCode("aGFzaA==")));
    }

    [Fact]
    public async Task A_change_of_a_function_needs_the_revision_that_it_names()
    {
        var stage = Begin();
        var made = await MakeFunction(stage, "hello");

        var changed = await stage.Store.Write(ledger => LocalFunctions.Change(ledger, "hello", made.Revision, f => f with { Policy = "[]" }));

        Assert.NotEqual(made.Revision, changed.Revision);
        Assert.Equal("[]", stage.Store.Read(view => view.FindFunction("hello"))!.Policy);
        Assert.Equal(
            Reason.FunctionRevisionPassed, await Refused(stage.Store.Write(ledger => LocalFunctions.Change(ledger, "hello", made.Revision, f => f))));
        Assert.Equal(Reason.FunctionUnknown, await Refused(stage.Store.Write(ledger => LocalFunctions.Change(ledger, "none", null, f => f))));
    }

    [Fact]
    public async Task Functions_are_listed_in_pages()
    {
        var stage = Begin();
        foreach (var name in new[] { "a", "b", "c" })
        {
            await MakeFunction(stage, name);
        }

        var first = stage.Store.Read(view => view.ListFunctions(2, null));
        var second = stage.Store.Read(view => view.ListFunctions(2, first.Next));

        Assert.Equal(["a", "b"], first.Items.Select(f => f.Name));
        Assert.Equal(["c"], second.Items.Select(f => f.Name));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task An_event_is_claimed_once_and_tried_three_times()
    {
        var stage = Begin();
        await MakeFunction(stage, "hello");
        await stage.Store.Write(ledger =>
        {
            LocalFunctions.Post(ledger, "hello", "request", [3]);
            return true;
        });

        stage = Restart(stage);
        for (var attempt = 0; attempt < LocalFunctions.MostAttempts; attempt++)
        {
            var claimed = Assert.Single(await stage.Store.Write(ledger => LocalFunctions.Claim(ledger, 9)));
            Assert.Equal(("hello", "request", attempt), (claimed.Name, claimed.RequestId, claimed.Attempts));
            Assert.Empty(await stage.Store.Write(ledger => LocalFunctions.Claim(ledger, 9)));

            var again = await stage.Store.Write(ledger => LocalFunctions.Failed(ledger, claimed));

            Assert.Equal(attempt < LocalFunctions.MostAttempts - 1, again);
            stage.Clock.Pass(TimeSpan.FromMinutes(attempt + 1));
        }

        Assert.Equal(0, stage.Store.Read(view => view.CountFunctionEvents(9)));
    }

    [Fact]
    public async Task An_event_whose_attempt_was_lost_is_claimed_again()
    {
        var stage = Begin();
        await MakeFunction(stage, "hello");
        await stage.Store.Write(ledger =>
        {
            LocalFunctions.Post(ledger, "hello", "request", [3]);
            return true;
        });
        Assert.Single(await stage.Store.Write(ledger => LocalFunctions.Claim(ledger, 9)));

        stage.Clock.Pass(TimeSpan.FromSeconds(_settings.Timeout) + TimeSpan.FromMinutes(1));

        Assert.Single(await stage.Store.Write(ledger => LocalFunctions.Claim(ledger, 9)));
    }
}
