using Carillon.Bench;
using Carillon.Bench.Micro;

// dotnet run -c Release --project bench/Carillon.Bench -- bulk|parallel [--users 100000] [--connections 64] [--data DIR]
// dotnet run -c Release --project bench/Carillon.Bench -- micro [--quick] [--data DIR]
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
    case "micro":
        return MicroRun.Run(options);
    default:
        await Console.Error.WriteLineAsync("bulk | parallel [--users N] [--connections N] [--data DIR] | micro [--quick] [--data DIR]");
        return 1;
}

return 0;
