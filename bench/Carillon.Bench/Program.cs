using Carillon.Bench;

// dotnet run -c Release --project bench/Carillon.Bench -- bulk|parallel [--users 100000] [--connections 64] [--data DIR]
var options = BenchOptions.Read(args);
switch (options.Mode)
{
    case "serve":
        await Serve.Run(options);
        break;
    case "bulk":
        await Bulk.Run(options);
        break;
    case "parallel":
        await Ordinary.Run(options);
        break;
    default:
        await Console.Error.WriteLineAsync("bulk | parallel [--users N] [--connections N] [--data DIR]");
        return 1;
}

return 0;
