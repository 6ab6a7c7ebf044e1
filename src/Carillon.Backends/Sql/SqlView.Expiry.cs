using Carillon.Core;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    public bool HasChores(Instant now) => Connection.Number(
        """
        select exists(select 1 from purge)
            or exists(select 1 from person where expires <= $1 and expires is not null and deleted is null)
            or exists(select 1 from channel where expires <= $1 and expires is not null and deleted is null)
        """,
        now.Microseconds) == 1;
}
