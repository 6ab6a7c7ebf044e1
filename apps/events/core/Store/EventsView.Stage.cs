using Carillon.Events.Core.Stage;

namespace Carillon.Events.Core.Store;

public partial class EventsView : IStageView
{
    public Stage.Stage? StageOf(long show) => Db.First(
        """
        select show, state, app_instance_arn, admin_arn, channel_arn, elastic, flow_arn, fan_role_arn, staff_role_arn, ready_at
        from stage where show = $1
        """,
        static row => new Stage.Stage(
            row.Integer(0), (StageState)row.Integer(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4), row.Flag(5),
            row.TextOrNull(6), row.TextOrNull(7), row.TextOrNull(8), row.IntegerOrNull(9)),
        show);
}

public sealed partial class EventsLedger : IStageLedger
{
    public void PutStage(Stage.Stage stage) => Db.Execute(
        """
        insert into stage(show, state, app_instance_arn, admin_arn, channel_arn, elastic, flow_arn, fan_role_arn, staff_role_arn,
            ready_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict(show) do update set state = excluded.state, app_instance_arn = excluded.app_instance_arn,
            admin_arn = excluded.admin_arn, channel_arn = excluded.channel_arn, elastic = excluded.elastic,
            flow_arn = excluded.flow_arn, fan_role_arn = excluded.fan_role_arn, staff_role_arn = excluded.staff_role_arn,
            ready_at = excluded.ready_at
        """,
        stage.Show, (long)stage.State, stage.AppInstanceArn, stage.AdminArn, stage.ChannelArn, stage.Elastic, stage.FlowArn,
        stage.FanRoleArn, stage.StaffRoleArn, stage.ReadyAt);

    public bool PutProvisioned(long show, long number, string? subChannelId)
    {
        if (Db.Execute(
            "update ticket set provisioned = 1, sub_channel_id = $3 where show = $1 and number = $2 and provisioned = 0", show,
            number, subChannelId) == 0)
            return false;
        Db.Execute("update show_count set provisioned = provisioned + 1 where show = $1", show);
        return true;
    }

    public bool PutUnprovisioned(long show, long number)
    {
        if (Db.Execute(
            "update ticket set provisioned = 0, sub_channel_id = null where show = $1 and number = $2 and provisioned = 1", show,
            number) == 0)
            return false;
        Db.Execute("update show_count set provisioned = provisioned - 1 where show = $1", show);
        return true;
    }
}
