using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    /// <summary>Microseconds, as SQL spells it.</summary>
    protected const string Day = "86400000000";

    public Retention FindRetention(AppKey app) => Connection.First(
        "select retention_days, retention_set, retention_floor from app_instance where key = $1",
        static row => ReadRetention(row, 0), app.Value)!;

    private static Retention ReadRetention(SqlRow row, int from) =>
        new((int?)row.IntegerOrNull(from), Rows.TimeOrNull(row, from + 1), Rows.Time(row, from + 2));
}
