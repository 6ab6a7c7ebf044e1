using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    public bool Exists(ResourceAddress resource) => resource.Kind switch
    {
        ResourceKind.AppInstance => FindApp(resource.AppId) is not null,
        ResourceKind.User => FindPerson(new(resource.AppId, PersonKind.User, resource.Id)) is not null,
        ResourceKind.Bot => FindPerson(new(resource.AppId, PersonKind.Bot, resource.Id)) is not null,
        ResourceKind.Channel => FindChannel(new(resource.AppId, resource.Id)) is not null,
        _ => Connection.Number(
            """
            select 1 from app_instance a join channel_flow f on f.app = a.key
            where a.id = $1 and a.deleted is null and f.id = $2
            """,
            resource.AppId, resource.Id) is not null,
    };

    public IReadOnlyList<Tag> ListTags(string resource) => Connection.Query(
        "select name, value from tag where resource = $1 order by name",
        static row => new Tag(row.Text(0), row.Text(1)), resource);
}
