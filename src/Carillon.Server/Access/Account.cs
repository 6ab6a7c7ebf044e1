using Carillon.Core.Iam;

namespace Carillon.Server.Access;

/// <summary>The one account of an installation, and the ARNs that IAM makes in it.</summary>
/// <param name="Id">Twelve digits.</param>
internal sealed record Account(string Id, string Partition = "aws")
{
    public string RootArn => $"arn:{Partition}:iam::{Id}:root";

    public string RoleArn(Role role) => RoleArn(role.Path + role.Name);

    /// <param name="pathAndName">Begins with a slash.</param>
    public string RoleArn(string pathAndName) => $"arn:{Partition}:iam::{Id}:role{pathAndName}";

    public string UserArn(IamUser user) => UserArn(user.Path + user.Name);

    /// <param name="pathAndName">Begins with a slash.</param>
    public string UserArn(string pathAndName) => $"arn:{Partition}:iam::{Id}:user{pathAndName}";

    /// <param name="pathAndName">Begins with a slash.</param>
    public string PolicyArn(string pathAndName) => $"arn:{Partition}:iam::{Id}:policy{pathAndName}";

    /// <param name="name">The provider's URL without its scheme.</param>
    public string ProviderArn(string name) => $"arn:{Partition}:iam::{Id}:oidc-provider/{name}";

    public string FederatedArn(string name) => $"arn:{Partition}:sts::{Id}:federated-user/{name}";

    /// <remarks>The path of the role is not part of it.</remarks>
    public string SessionArn(RoleSession session) =>
        $"arn:{Partition}:sts::{Id}:assumed-role/{session.RoleName}/{session.Name}";
}
