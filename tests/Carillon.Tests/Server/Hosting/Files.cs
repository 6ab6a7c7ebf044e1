using Xunit;

namespace Carillon.Tests.Server.Hosting;

internal static class Files
{
    /// <summary>On Windows, where folders belong to their user by inheritance, there is nothing to ask.</summary>
    public static void AssertMode(UnixFileMode mode, string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(mode, File.GetUnixFileMode(path));
        }
    }
}
