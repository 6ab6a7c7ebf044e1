using Carillon.Server.Gateway;

namespace Carillon.Server.Hosting;

/// <summary>The platform as a program runs it: its own, or one that brings WebSocket APIs in C#.</summary>
public static class CarillonHost
{
    /// <summary>Runs with the settings of flags, environment and file until it is told to stop.</summary>
    /// <param name="args">The program's.</param>
    /// <param name="programs">APIs that are served beside those of the store and the definitions file; an id may be there once.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Run(string[] args, params GatewayProgram[] programs) => Launch.Run(args, configure: builder =>
    {
        foreach (var program in programs)
        {
            builder.Services.AddSingleton(program);
        }
    });
}
