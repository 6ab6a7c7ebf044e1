using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Hosting;

/// <summary>The folder, and what is made in it at the first start.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("carillon-folder-").FullName, "data");

    [Fact]
    public void Only_its_owner_may_look_inside()
    {
        using var folder = DataFolder.Open(_path);

        Files.AssertMode(Owner | UnixFileMode.UserExecute, _path);
        Files.AssertMode(Owner | UnixFileMode.UserExecute, folder.Tls);
    }

    [Fact]
    public void A_second_opener_is_refused_and_told_what_to_do()
    {
        using (DataFolder.Open(_path))
        {
            var why = Assert.Throws<SettingException>(() => DataFolder.Open(_path)).Message;

            Assert.Contains(_path, why, StringComparison.Ordinal);
            Assert.Contains("in use", why, StringComparison.Ordinal);
            Assert.Contains("--data", why, StringComparison.Ordinal);
        }

        DataFolder.Open(_path).Dispose();
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_does_not_start()
    {
        var options = new CarillonOptions { Data = _path, Port = 0, TlsPort = 0 };
        await using var first = Platform.Build(options);

        var failure = Assert.Throws<SettingException>(() => Platform.Build(options));

        Assert.Equal(failure.Message, Banner.WhyNotStarted(failure));
    }

    [Fact]
    public void A_file_in_the_way_is_told()
    {
        File.WriteAllText(_path, "");

        Assert.Contains(_path, Assert.Throws<SettingException>(() => DataFolder.Open(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_file_is_written_whole_and_for_its_owner_alone()
    {
        using var folder = DataFolder.Open(_path);
        var file = Path.Combine(_path, "secret");
        File.WriteAllText(file, "something longer that was there before");
        File.WriteAllText(file + ".new", "left behind by a crash");

        DataFolder.WritePrivate(file, "new"u8);

        Assert.Equal("new", File.ReadAllText(file));
        Files.AssertMode(Owner, file);
        Assert.False(File.Exists(file + ".new"));
    }

    [Fact]
    public void The_root_key_is_made_once_and_is_for_its_owner_alone()
    {
        using var folder = DataFolder.Open(_path);

        var made = RootCredentials.ReadOrMake(folder, "eu-central-1");

        Files.AssertMode(Owner, folder.Credentials);
        Assert.Matches("^AKIA[A-Z2-7]{16}$", made.AccessKeyId);
        Assert.Equal(40, made.SecretAccessKey.Length);
        Assert.Equal(made, RootCredentials.ReadOrMake(folder, "eu-central-1"));
    }

    [Fact]
    public void The_root_key_stands_in_both_profiles_with_the_region()
    {
        using var folder = DataFolder.Open(_path);
        var made = RootCredentials.ReadOrMake(folder, "eu-central-1");

        var profile =
            $"aws_access_key_id = {made.AccessKeyId}\naws_secret_access_key = {made.SecretAccessKey}\nregion = eu-central-1\n";
        Assert.Equal($"[default]\n{profile}\n[carillon]\n{profile}", File.ReadAllText(folder.Credentials));
    }

    [Fact]
    public void A_key_of_one_s_own_may_be_put_there()
    {
        using var folder = DataFolder.Open(_path);
        File.WriteAllText(
            folder.Credentials, "[other]\naws_access_key_id=no\naws_secret_access_key=no\n\n[carillon]\naws_access_key_id=AKIAMINE\naws_secret_access_key = a=b=\n");

        var read = RootCredentials.ReadOrMake(folder, "us-east-1");

        Assert.Equal(("AKIAMINE", "a=b="), (read.AccessKeyId, read.SecretAccessKey));
    }

    [Fact]
    public void A_file_without_a_key_is_told_and_left_alone()
    {
        using var folder = DataFolder.Open(_path);
        File.WriteAllText(folder.Credentials, "[default]\naws_access_key_id=AKIA\n");

        Assert.Contains(folder.Credentials, Assert.Throws<SettingException>(() => RootCredentials.ReadOrMake(folder, "r")).Message, StringComparison.Ordinal);
        Assert.Equal("[default]\naws_access_key_id=AKIA\n", File.ReadAllText(folder.Credentials));
    }

    [Fact]
    public async Task Neither_the_banner_nor_the_log_shows_the_root_key()
    {
        await using var server = new LiveServer();
        await server.InitializeAsync();
        var app = await server.NewApp();
        await app.NewUser("ann");
        (await server.As(new(server.Platform.Root.AccessKeyId, "wrong", null)).ListAppInstances()).Refused(403, "InvalidSignatureException");
        var text = new StringWriter();

        Banner.Print(server.Platform, text, "http://localhost/sign-in");

        var all = text + string.Join('\n', server.Log.Lines);
        Assert.DoesNotContain(server.Platform.Root.SecretAccessKey, all, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Platform.Root.AccessKeyId, all, StringComparison.Ordinal);
        Assert.Contains($"http://localhost:{server.Platform.Port}", text.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Platform.Folder.Credentials, text.ToString(), StringComparison.Ordinal);
        Assert.Contains("http://localhost/sign-in", text.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
}
