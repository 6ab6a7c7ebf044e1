using Carillon.Events.Core;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Store;

namespace Carillon.Events;

/// <summary>
/// Accounts of organisers, on the command line: whoever can read the data folder decides who organises. It works while the
/// app runs.
/// </summary>
internal static class AccountCommands
{
    public const string Usage = "account add NAME | account link NAME | account remove NAME | account list";

    /// <param name="words">What follows <c>account</c>.</param>
    /// <param name="address">Where people reach the app.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(EventsStore store, string[] words, Uri address, TextWriter output, TextWriter errors)
    {
        switch (words)
        {
            case ["add", { Length: > 0 and <= 100 } name]:
                var added = await store.Write(ledger => ledger.AccountByName(name) is not null ? null
                    : SignIns.Invite(ledger, new SignedIn(ledger.AddAccount(name).Key, null), ledger.Now));
                if (added is null) return await No($"There is an account {name} already; account link {name} makes another link.");
                await Link(added);
                return 0;
            case ["link", var name]:
                var link = await store.Write(ledger => ledger.AccountByName(name) is not { } account ? null
                    : SignIns.Invite(ledger, new SignedIn(account.Key, null), ledger.Now));
                if (link is null) return await No($"There is no account {name}.");
                await Link(link);
                return 0;
            case ["remove", var name]:
                var removed = await store.Write(ledger =>
                {
                    if (ledger.AccountByName(name) is not { } account) return false;
                    ledger.RemoveAccount(account.Key);
                    return true;
                });
                return removed ? 0 : await No($"There is no account {name}.");
            case ["list"]:
                foreach (var account in store.Read(view => view.Accounts()))
                    await output.WriteLineAsync($"{Times.FromMicroseconds(account.Created):u}  {account.Name}");
                return 0;
            default:
                return await No($"There are: {Usage}");
        }

        async Task Link(string secret)
        {
            await output.WriteLineAsync($"{new Uri(address, "/events/sign-in")}#{secret}");
            await output.WriteLineAsync("It signs in once, within an hour.");
        }

        async Task<int> No(string why)
        {
            await errors.WriteLineAsync(why);
            return 1;
        }
    }
}
