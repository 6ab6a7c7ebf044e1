using Carillon.Sabotage;
using Carillon.Server.Hosting;

if (args is not [var name, .. var flags] || !Sabotages.ByName.TryGetValue(name, out var broken))
{
    Console.Error.WriteLine($"Say what is to be broken: {string.Join(", ", Sabotages.ByName.Keys)}.");
    return 2;
}

return await Launch.Run(flags, broken);
