using Carillon.Load;
using Carillon.Load.Store;

// Carillon.Load table FILE.json [MORE.json ...]: writes FILE.md anew from the runs of all of them
// Carillon.Load run REPOSITORY [--quick] [--reps N] [--only SERVER,...] [--out DIR] [scenario ...]: see bench/README.md
return args switch
{
    ["run", ..] => await Suite.Run(SuiteOptions.Read(args.AsSpan(1))),
    ["table", var file, ..] => Results.Rewrite(file, args.AsSpan(2)),
    ["store", ..] => BareDatabase.Run(args.AsSpan(1)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Use bench/run.");
    return 2;
}
