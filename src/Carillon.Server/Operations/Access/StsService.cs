using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

/// <summary>The operations of STS that are here. Any other answers InvalidAction.</summary>
internal static class StsService
{
    // Shapes: sts 2011-06-15.
    public static readonly QueryService Service = new("sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/",
    [
        AssumeRole.Operation,
        GetAccessKeyInfo.Operation,
        GetCallerIdentity.Operation,
    ]);
}
