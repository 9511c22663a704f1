@echo off
rem Ask the running pipeline to stop at its next safe place.
setlocal
set "PYTHON=%~dp0venv\Scripts\python.exe"
if not exist "%PYTHON%" (
    echo There is no environment yet, so nothing can be running.
    echo   Fix: run run_pipeline.ps1 -Mode full first.
    pause
    exit /b 1
)
"%PYTHON%" "%~dp0scripts\15_stop_signal.py" stop
set "CODE=%ERRORLEVEL%"
pause
exit /b %CODE%
