using Carillon.Events.Core.Staff;
using Carillon.Sql;

namespace Carillon.Events.Core.Store;

public partial class EventsView : IStaffView
{
    private const string staffColumns =
        "select key, id, show, name, kind, user_id, provisioned, created from staff where removed is null and ";

    public Account? Account(long key) => Db.First(
        "select key, id, name, created from account where key = $1 and removed is null", AccountOf, key);

    public Account? AccountByName(string name) => Db.First(
        "select key, id, name, created from account where name = $1 and removed is null", AccountOf, name);

    public IReadOnlyList<Account> Accounts() =>
        Db.Query("select key, id, name, created from account where removed is null order by name limit 1000", AccountOf);

    public StaffMember? StaffByKey(long key) => Db.First(staffColumns + "key = $1", StaffRow, key);

    public StaffMember? StaffById(string id) => Db.First(staffColumns + "id = $1", StaffRow, id);

    public StaffMember? StaffByUser(string userId) => Db.First(staffColumns + "user_id = $1", StaffRow, userId);

    public IReadOnlyList<StaffMember> StaffOf(long show) => Db.Query(staffColumns + "show = $1 order by key", StaffRow, show);

    public SignedIn? SignedIn(byte[] cookieHash) => Db.First(
        "select account, staff from sign_in where hash = $1 and expires > $2",
        static row => new SignedIn(row.IntegerOrNull(0), row.IntegerOrNull(1)), cookieHash, Now);

    public LinkFound? Link(byte[] hash) => Db.First(
        "select account, staff, expires, used from sign_in_link where hash = $1",
        static row => new LinkFound(
            new SignedIn(row.IntegerOrNull(0), row.IntegerOrNull(1)), row.Integer(2), !row.IsNull(3)),
        hash);

    public long? ShowOfShopKey(byte[] hash) =>
        Db.Number("select show from shop_key where hash = $1 and removed is null", hash);

    public IReadOnlyList<ShopKey> ShopKeysOf(long show) => Db.Query(
        "select hash, created, used from shop_key where show = $1 and removed is null order by created",
        static row => new ShopKey(row.Blob(0), row.Integer(1), row.IntegerOrNull(2)), show);

    private static Account AccountOf(SqlRow row) => new(row.Integer(0), row.Text(1), row.Text(2), row.Integer(3));

    private static StaffMember StaffRow(SqlRow row) => new(
        row.Integer(0), row.Text(1), row.Integer(2), row.Text(3), (StaffKind)row.Integer(4), row.Text(5), row.Flag(6),
        row.Integer(7));
}

public sealed partial class EventsLedger : IStaffLedger
{
    public Account AddAccount(string name)
    {
        Db.Execute("insert into account(id, name, created) values ($1, $2, $3)", Ids.New(), name, Now);
        return AccountByName(name)!;
    }

    public void RemoveAccount(long key)
    {
        Db.Execute("update account set removed = $2 where key = $1", key, Now);
        Db.Execute("delete from sign_in where account = $1", key);
        Db.Execute("delete from sign_in_link where account = $1", key);
    }

    public StaffMember AddStaff(long show, string name, string nameFolded, StaffKind kind, string userId)
    {
        var id = Ids.New();
        Db.Execute(
            "insert into staff(id, show, name, name_folded, kind, user_id, created) values ($1, $2, $3, $4, $5, $6, $7)", id, show,
            name, nameFolded, (long)kind, userId, Now);
        return StaffById(id)!;
    }

    public void RemoveStaff(long key)
    {
        Db.Execute("update staff set removed = $2 where key = $1", key, Now);
        Db.Execute("delete from sign_in where staff = $1", key);
        Db.Execute("delete from sign_in_link where staff = $1", key);
    }

    public void PutStaffProvisioned(long key) => Db.Execute("update staff set provisioned = 1 where key = $1", key);

    public void AddLink(byte[] hash, SignedIn who, long expires)
    {
        Db.Execute("delete from sign_in_link where expires < $1", Now - LinkMemory);
        Db.Execute(
            "insert into sign_in_link(hash, account, staff, expires) values ($1, $2, $3, $4)", hash, who.Account, who.Staff, expires);
    }

    public void UseLink(byte[] hash) => Db.Execute("update sign_in_link set used = $2 where hash = $1", hash, Now);

    public void AddSignIn(byte[] hash, SignedIn who, long expires)
    {
        Db.Execute("delete from sign_in where expires < $1", Now);
        Db.Execute("insert into sign_in(hash, account, staff, expires) values ($1, $2, $3, $4)", hash, who.Account, who.Staff, expires);
    }

    public void DeleteSignIn(byte[] hash) => Db.Execute("delete from sign_in where hash = $1", hash);

    public void AddShopKey(byte[] hash, long show) =>
        Db.Execute("insert into shop_key(hash, show, created) values ($1, $2, $3)", hash, show, Now);

    // To the minute: a rush of sales need not write it each time.
    public void PutShopKeyUsed(byte[] hash) => Db.Execute(
        "update shop_key set used = $2 where hash = $1 and (used is null or used < $3)", hash, Now, Now - Minute);

    public void RemoveShopKey(byte[] hash) =>
        Db.Execute("update shop_key set removed = $2 where hash = $1 and removed is null", hash, Now);

    private const long Minute = 60L * 1_000_000;

    /// <summary>How long a link that ran out is still known as such: a week, in microseconds. Our choice.</summary>
    private const long LinkMemory = 7L * 24 * 3600 * 1_000_000;
}
