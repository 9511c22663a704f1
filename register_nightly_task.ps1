<#
.SYNOPSIS
Register the nightly run and its watchdog with the Windows Task Scheduler, for the current user.
.DESCRIPTION
"BlueprintLLM Nightly" runs the whole cycle at the given time, corrections of the last exam included.
"BlueprintLLM Watchdog" looks every 15 minutes, and at logon, whether a run was cut off (power loss, restart, a killed
process) and takes it up. A run that was stopped on request or that failed is left alone.
.EXAMPLE
.\register_nightly_task.ps1 -At 02:00
.EXAMPLE
.\register_nightly_task.ps1 -Remove
#>
[CmdletBinding()]
param(
    [datetime]$At = '02:00',
    [string]$Project,
    [switch]$Remove
)
$ErrorActionPreference = 'Stop'
$nightly = 'BlueprintLLM Nightly'
$watchdog = 'BlueprintLLM Watchdog'

if ($Remove) {
    foreach ($name in $nightly, $watchdog) {
        Unregister-ScheduledTask -TaskName $name -Confirm:$false -ErrorAction SilentlyContinue
        Write-Host "Removed: $name"
    }
    exit 0
}

function New-PipelineAction([string]$Arguments) {
    $script = Join-Path $PSScriptRoot 'run_pipeline.ps1'
    $command = "-NoProfile -ExecutionPolicy Bypass -File `"$script`" $Arguments"
    if ($Project) { $command += " -Project `"$Project`"" }
    New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $command -WorkingDirectory $PSScriptRoot
}

# A training of many hours must not be ended by the scheduler's default limit of three days, nor by running on battery.
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable -ExecutionTimeLimit ([TimeSpan]::Zero) `
    -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries

Register-ScheduledTask -TaskName $nightly -Force -Settings $settings `
    -Action (New-PipelineAction '-Mode full -NextCycle') -Trigger (New-ScheduledTaskTrigger -Daily -At $At) | Out-Null
Write-Host ("Registered: {0}, daily at {1:HH:mm}" -f $nightly, $At)

$everyQuarter = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 15)
$atLogon = New-ScheduledTaskTrigger -AtLogOn -User $env:USERNAME
Register-ScheduledTask -TaskName $watchdog -Force -Settings $settings `
    -Action (New-PipelineAction '-Mode recover') -Trigger $everyQuarter, $atLogon | Out-Null
Write-Host "Registered: $watchdog, every 15 minutes and at logon"
